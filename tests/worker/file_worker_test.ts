import {
  assert,
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { newDataBuffer } from "../../lib/protocol/data_frames.ts";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { FileWorker } from "../../lib/worker/file_worker.ts";
import type { SendPlan } from "../../lib/worker/jobs.ts";
import type { JobName } from "../../lib/worker/messages.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { detailsOf, placeOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestWorker, ThreadWatch } from "../helpers/workers.ts";

const LAYOUT = { payloadBytes: 8_192, frames: 2 };
const PLAN: SendPlan = { layout: LAYOUT, offset: 0, hashed: true, zstd: false };

Deno.test("a worker does jobs one after the other, in the order of the calls", async () => {
  using temp = new TempDir();
  temp.write("a.txt", "hello");
  const file = await (await DirectoryStore.open(temp.path)).find("a.txt");
  using worker = new TestWorker();
  const order: string[] = [];
  const results = await Promise.all([
    worker.call("startHash", [file]).then(() => order.push("start")),
    worker.call("hashSlice", [1_000]).then((hash) => {
      order.push("hash");
      return hash;
    }),
    worker.call("endHash", []).then(() => order.push("end")),
  ]);
  assertEquals(results[1], sha256Of("hello"));
  assertEquals(order, ["start", "hash", "end"]);
});

Deno.test("buffers travel to the worker and back without a copy", async () => {
  using temp = new TempDir();
  const content = patternedBytes(10_000);
  temp.write("a.bin", content);
  const file = await (await DirectoryStore.open(temp.path)).find("a.bin");
  using worker = new TestWorker();
  const buffer = newDataBuffer(LAYOUT);
  const filling = worker.call("startFilling", [file, PLAN, buffer], [buffer]);
  const filled = await filling;
  assert(buffer.detached);
  assertEquals(filled.frameBytes, 10_000 + 2 * 12);
  assertEquals(filled.sha256, sha256Of(content));
  assertEquals(filled.buffer.byteLength, newDataBuffer(LAYOUT).byteLength);

  await worker.call("startReceive", [1, targetIn(temp.join("in")), detailsOf(content)]);
  const bytes = content.slice();
  const writing = worker.call("write", [1, bytes], [bytes.buffer]);
  assertEquals((await writing).byteLength, 10_000);
  assert(bytes.buffer.detached);
  const placed = await worker.call("commit", [1, sha256Of(content)]);
  assertEquals(placeOf(placed), temp.join("in/a.bin"));
});

Deno.test("calls of one turn that fail do so in their order, and leave those between alone", async () => {
  using temp = new TempDir();
  temp.write("a.txt", "hello");
  const file = await (await DirectoryStore.open(temp.path)).find("a.txt");
  const missing = { ...file, realPath: temp.join("nothing") };
  using worker = new TestWorker();
  const order: string[] = [];
  const note = (what: string) => () => void order.push(what);
  await Promise.all([
    worker.call("startHash", [missing]).catch(note("first")),
    worker.call("startHash", [file]).then(note("second")),
    worker.call("hashSlice", [1_000]).then((sha256) => order.push(String(sha256))),
    worker.call("startHash", [missing]).catch(note("last")),
  ]);
  assertEquals(order, ["first", "second", sha256Of("hello"), "last"]);
  await worker.call("endHash", []);
});

Deno.test("what cannot be posted fails its calls, and ends the worker, not the process", async () => {
  using worker = new TestWorker();
  const unclonable = (() => {}) as never;
  const calls = [1, 2].map((part) => worker.call("write", [part, unclonable]));
  for (const result of await Promise.allSettled(calls)) {
    assert(result.status === "rejected");
    assertStringIncludes(String(result.reason), "Cannot give the worker");
  }
  assertFalse(worker.isAlive);
});

Deno.test("errors come back as what they were", async () => {
  using temp = new TempDir();
  const stamp = { sizeBytes: 1, modifiedMs: 1, changedMs: 1, inode: 1 };
  using worker = new TestWorker();
  const missing = { realPath: temp.join("nothing"), stamp };
  const request = await assertRejects(() => worker.call("startHash", [missing]), RequestError);
  assertEquals(request.code, "not-found");
  const existing = { realPath: temp.write("a", "a"), stamp };
  const changed = await assertRejects(
    () => worker.call("startFilling", [existing, PLAN, new ArrayBuffer(0)]),
    RequestError,
  );
  assertEquals(changed.code, "changed");

  temp.write("in/a.bin.part/x", "");
  const target = targetIn(temp.join("in"));
  const details = detailsOf(new Uint8Array(1));
  const disk = await assertRejects(
    () => worker.call("startReceive", [1, target, details]),
    DiskError,
  );
  assertEquals([disk.code, disk.path], ["exists", temp.join("in/a.bin.part")]);
  assert(disk.message.includes("not a regular file"));

  await worker.call("startReceive", [2, targetIn(temp.path), details]);
  const write = () => worker.call("write", [2, new Uint8Array(2)]);
  const violation = await assertRejects(write, ProtocolError, "more than the 1 bytes");
  assertEquals(violation.code, "bad-sequence");
  assert(worker.isAlive);
});

Deno.test("a job that there is not is an error, and the worker lives on", async () => {
  using temp = new TempDir();
  using worker = new TestWorker();
  for (const name of ["nothing", "constructor", "__proto__", "#parts"]) {
    await assertRejects(() => worker.call(name as JobName, [] as never), Error);
  }
  await assertRejects(() => worker.call("hashSlice", [1]), Error); // Nothing was started
  assert(worker.isAlive);
  await worker.call("endAll", []);
  assertEquals(temp.list(), []);
});

Deno.test("no two callers get the same handle", () => {
  using worker = new TestWorker();
  const handles = Array.from({ length: 100 }, () => worker.newHandle());
  assertEquals(new Set(handles).size, 100);
  assertNotEquals(worker.newHandle(), worker.newHandle());
});

Deno.test("terminate rejects what is under way and all later calls, with its reason", async () => {
  const deaths: unknown[] = [];
  const worker = new FileWorker((dead) => deaths.push(dead));
  const calls = [worker.call("endAll", []), worker.call("endAll", [])];
  const reason = new Error("enough");
  worker.terminate(reason);
  worker.terminate(new Error("again"));
  assertFalse(worker.isAlive);
  for (const call of calls) assertStrictEquals(await assertRejects(() => call), reason);
  assertStrictEquals(await assertRejects(() => worker.call("endAll", [])), reason);
  assertEquals(deaths, []); // It did not die by itself
});

Deno.test("a worker that dies by itself rejects its calls, and the process lives on", async () => {
  using threads = new ThreadWatch();
  const died = Promise.withResolvers<FileWorker>();
  const worker = new FileWorker(died.resolve);
  await worker.call("endAll", []);
  threads.kill(0);
  const call = worker.call("endAll", []);
  const error = await assertRejects(() => within(call, "the call to fail"), Error, "worker died");
  assertStrictEquals(await within(died.promise, "the news of its death"), worker);
  assertFalse(worker.isAlive);
  assertStrictEquals(await assertRejects(() => worker.call("endAll", [])), error);
});

Deno.test("a part is free again when the worker that had it is dead", async () => {
  using temp = new TempDir();
  const content = patternedBytes(10);
  const args = [1, targetIn(temp.path), detailsOf(content)] as const;
  const first = new TestWorker();
  using second = new TestWorker();
  await first.call("startReceive", [...args]);
  const start = () => second.call("startReceive", [...args]);
  assertEquals((await assertRejects(start, DiskError)).code, "busy");
  first.terminate();
  while (!await start().then(() => true, () => false));
  await second.call("write", [1, content.slice()]);
  const placed = await second.call("commit", [1, sha256Of(content)]);
  assertEquals(placeOf(placed), temp.join("a.bin"));
});

Deno.test("many workers that receive files of one name give each a name of its own", async () => {
  using temp = new TempDir();
  const receive = async (seed: number) => {
    const content = patternedBytes(1_000, seed);
    using worker = new TestWorker();
    for (let isMine = false; !isMine;) {
      const start = worker.call("startReceive", [0, targetIn(temp.path), detailsOf(content)]);
      isMine = await start.then(() => true, (error) => {
        if (error instanceof DiskError && error.code === "busy") return false;
        throw error;
      });
    }
    await worker.call("write", [0, content.slice()]);
    const path = placeOf(await worker.call("commit", [0, sha256Of(content)]))!;
    assertEquals(Deno.readFileSync(path), content);
    return path;
  };
  const paths = await Promise.all([1, 2, 3, 4, 5, 6].map(receive));
  assertEquals(new Set(paths).size, 6);
  assertEquals(temp.list().length, 6);
});
