import { assert, assertEquals, assertRejects } from "@std/assert";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { DirectoryStore, type StoredFile } from "../../lib/files/directory_store.ts";
import { HashIndex } from "../../lib/files/hash_index.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { FileHashes, hashFile } from "../../lib/transfer/file_hashes.ts";
import { HASH_SLICE_BYTES } from "../../lib/worker/hash_slice.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { FakeTimers } from "../helpers/fake_timers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestPool } from "../helpers/workers.ts";

/** Hashes of files in a temporary folder, with one worker; the clock runs a minute ahead. */
class Fixture implements Disposable {
  readonly temp = new TempDir();
  readonly pool = new TestPool(1);
  readonly hashes: FileHashes;
  readonly #database = openDatabase(IN_MEMORY);
  readonly #now = Date.now;

  constructor() {
    this.hashes = new FileHashes(new HashIndex(this.#database), this.pool, (error) => {
      throw error;
    });
    Date.now = () => this.#now() + 60_000;
  }

  /** A file with the content, or a sparse one of that size. */
  async file(content: Uint8Array | number): Promise<StoredFile> {
    const path = this.temp.write("a.bin", typeof content === "number" ? "" : content);
    if (typeof content === "number") Deno.truncateSync(path, content);
    return await (await DirectoryStore.open(this.temp.path)).find("a.bin");
  }

  [Symbol.dispose](): void {
    Date.now = this.#now;
    this.pool.close();
    this.#database.close();
    this.temp[Symbol.dispose]();
  }
}

/** More than one slice. */
const LARGE_BYTES = 40 * 1_024 * 1_024;
const LARGE_SHA256 = sha256Of(new Uint8Array(LARGE_BYTES));

Deno.test("FileHashes: get computes an unknown hash, which known then returns", async () => {
  using fixture = new Fixture();
  const content = patternedBytes(100_000);
  const file = await fixture.file(content);
  assertEquals(fixture.hashes.known(file), null);
  assertEquals(await fixture.hashes.get(file), sha256Of(content));
  assertEquals(fixture.hashes.known(file), sha256Of(content));
  assertEquals(await fixture.hashes.get(file), sha256Of(content));
});

Deno.test("FileHashes: get needs no worker for a known hash", async () => {
  using fixture = new Fixture();
  const file = await fixture.file(patternedBytes(10));
  const sha256 = await fixture.hashes.get(file);
  fixture.pool.close();
  assertEquals(await fixture.hashes.get(file), sha256);
  await fixture.hashes.index(file);
});

Deno.test("FileHashes: concurrent calls share one computation", async () => {
  using fixture = new Fixture();
  const file = await fixture.file(LARGE_BYTES);
  const first = fixture.hashes.get(file);
  const second = fixture.hashes.get({ ...file, stamp: { ...file.stamp } });
  const indexing = fixture.hashes.index(file);
  await flushTasks();
  assertEquals(fixture.pool.jobCount, 1);
  assertEquals([await first, await second], [LARGE_SHA256, LARGE_SHA256]);
  await indexing;
});

Deno.test("FileHashes: get fails for an old stamp, and succeeds for the current one", async () => {
  using fixture = new Fixture();
  const file = await fixture.file(patternedBytes(10));
  const changed = await fixture.file(patternedBytes(20));
  const pending = [fixture.hashes.get(file), fixture.hashes.get(file)];
  for (const result of pending) {
    assertEquals((await assertRejects(() => result, RequestError)).code, "changed");
  }
  assertEquals(fixture.hashes.known(file), null);
  await assertRejects(() => fixture.hashes.index(file), RequestError);
  assertEquals(await fixture.hashes.get(changed), sha256Of(patternedBytes(20)));
});

Deno.test("FileHashes: index computes a hash beside other jobs", async () => {
  using fixture = new Fixture();
  const file = await fixture.file(LARGE_BYTES);
  const indexing = fixture.hashes.index(file);
  const job = fixture.pool.use(async (worker) => {
    for (let i = 0; i < 10; i++) await worker.call("closeAll", []);
    return "done";
  });
  assertEquals(await job, "done");
  await indexing;
  assertEquals(fixture.hashes.known(file), LARGE_SHA256);
});

Deno.test("FileHashes: get makes a computation of index as urgent as its own", async () => {
  using fixture = new Fixture();
  const file = await fixture.file(LARGE_BYTES);
  const indexing = fixture.hashes.index(file);
  const seats: string[] = [];
  await flushTasks();
  const original = fixture.pool.use;
  fixture.pool.use = (job, options) => {
    seats.push(options?.kind ?? "long");
    return original.call(fixture.pool, job, options) as ReturnType<typeof job>;
  };
  assertEquals(await fixture.hashes.get(file), LARGE_SHA256);
  await indexing;
  assertEquals(seats, []); // There was no second computation
});

Deno.test("FileHashes: get ends a computation once its last request has ended", async () => {
  using fixture = new Fixture();
  const file = await fixture.file(3_000_000_000);
  const controllers = [new AbortController(), new AbortController()];
  const waiting = controllers.map(({ signal }) => fixture.hashes.get(file, { signal }));
  const outcomes = Promise.allSettled(waiting);
  await flushTasks();
  controllers[0]!.abort(new Error("gone"));
  await assertRejects(() => waiting[0]!, Error, "gone");
  assertEquals(fixture.pool.jobCount, 1);
  controllers[1]!.abort(new Error("gone, too"));
  await outcomes;
  await until(() => fixture.pool.jobCount === 0, "the computation to end");
  assertEquals(fixture.hashes.known(file), null);
});

Deno.test("FileHashes: get starts again while an unwanted computation ends", async () => {
  using fixture = new Fixture();
  const file = await fixture.file(LARGE_BYTES);
  const controller = new AbortController();
  const gone = fixture.hashes.get(file, { signal: controller.signal });
  await flushTasks();
  controller.abort(new Error("gone"));
  await assertRejects(() => gone, Error, "gone");
  assertEquals(await fixture.hashes.get(file), LARGE_SHA256);
});

Deno.test("FileHashes: remember stores a hash for that stamp only", async () => {
  using fixture = new Fixture();
  const file = await fixture.file(patternedBytes(10));
  fixture.hashes.remember(file, sha256Of("given"), Date.now());
  assertEquals(await fixture.hashes.get(file), sha256Of("given"));
  const other = { ...file, stamp: { ...file.stamp, inode: file.stamp.inode + 1 } };
  assertEquals(fixture.hashes.known(other), null);
});

Deno.test("FileHashes.rememberReceived: stores a hash once a change of the file would show", async () => {
  using fixture = new Fixture();
  const { realPath: path, stamp } = await fixture.file(patternedBytes(10));
  const recent = { ...stamp, changedMs: Date.now() };
  fixture.hashes.rememberReceived({ path, stamp: recent }, sha256Of("given"));
  assertEquals(fixture.hashes.known({ realPath: path, stamp: recent }), null);
  fixture.hashes.rememberReceived({ path, stamp }, sha256Of("given"));
  assertEquals(fixture.hashes.known({ realPath: path, stamp }), sha256Of("given"));
});

Deno.test("FileHashes.knownAll: tells hashes of received files at once, and stores them a moment later", async () => {
  using timers = new FakeTimers();
  const database = openDatabase(IN_MEMORY);
  using pool = new TestPool(1);
  const hashes = new FileHashes(new HashIndex(database), pool, (error) => {
    throw error;
  });
  const stamp = { sizeBytes: 1, modifiedMs: 1, changedMs: 2, inode: 3 };
  const stored = () => Number(database.prepare("SELECT count(*) AS rows FROM hashes").get()?.rows);
  const known = () => hashes.knownAll([{ realPath: "/a", stamp }], new AbortController().signal);
  hashes.rememberReceived({ path: "/a", stamp }, sha256Of("a"));
  hashes.rememberReceived({ path: "/not-asked", stamp }, sha256Of("b"));
  assertEquals(known(), [sha256Of("a")]);
  await timers.advance(99);
  assertEquals(stored(), 0);
  await timers.advance(102); // It comes in the pause, and another one follows
  assertEquals(stored(), 1);
  assertEquals(known(), [sha256Of("a")]);
  database.close();
});

Deno.test("FileHashes: known returns the hash of an empty file without the index", () => {
  using fixture = new Fixture();
  fixture.pool.close();
  const stamp = { sizeBytes: 0, modifiedMs: 1, changedMs: 2, inode: 3 };
  assertEquals(fixture.hashes.known({ realPath: "/nowhere", stamp }), sha256Of(""));
});

Deno.test("FileHashes: reports an index that fails, and computes hashes without it", async () => {
  using temp = new TempDir();
  using pool = new TestPool(1);
  const database = openDatabase(IN_MEMORY);
  const errors: unknown[] = [];
  const hashes = new FileHashes(new HashIndex(database), pool, (error) => errors.push(error));
  temp.write("a.bin", patternedBytes(10));
  const file = await (await DirectoryStore.open(temp.path)).find("a.bin");
  Deno.utimeSync(file.realPath, 1_000, 1_000);
  database.close();
  const found = await (await DirectoryStore.open(temp.path)).find("a.bin");
  assertEquals(hashes.known(found), null);
  assertEquals(await hashes.get(found), sha256Of(patternedBytes(10)));
  assert(errors.length >= 2 && errors.every((error) => error instanceof Error));
});

Deno.test("hashFile: waits behind each slice but the last, and ends there with its signal", async () => {
  using fixture = new Fixture();
  const file = await fixture.file(2 * HASH_SLICE_BYTES + 1);
  const slices: number[] = [];
  const end = new AbortController();
  const hash = (onSlice: (bytes: number) => void) =>
    fixture.pool.use((worker) =>
      hashFile(worker, file, {
        signal: end.signal,
        onSlice: (bytes) => Promise.resolve(onSlice(bytes)),
      })
    );
  const sha256 = await hash((bytes) => slices.push(bytes));
  assertEquals(sha256, sha256Of(new Uint8Array(2 * HASH_SLICE_BYTES + 1)));
  assertEquals(slices, [HASH_SLICE_BYTES, HASH_SLICE_BYTES]);
  const reason = new Error("enough");
  assertEquals(await assertRejects(() => hash(() => end.abort(reason)), Error), reason);
});

Deno.test({
  name: "hashFile: tells bytes that the disk does not give from a file that has changed",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using fixture = new Fixture();
    const realPath = "/proc/self/mem"; // Reading its beginning is an error of input
    const stamp = { sizeBytes: 10, modifiedMs: 0, changedMs: 0, inode: 0 };
    const hash = () =>
      fixture.pool.use((worker) => hashFile(worker, { realPath, arrivingPath: realPath, stamp }));
    assertEquals((await assertRejects(hash, RequestError)).code, "internal");
  },
});
