import { assert, assertEquals } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { ChunkCompressor } from "../../lib/worker/zstd.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { LARGE, receive, SinkFixture, writeAll } from "../helpers/sinks.ts";
import { mountSmall } from "../helpers/small_disk.ts";
import { detailsOf, pathOf } from "../helpers/targets.ts";
import { WatchedWorker } from "../helpers/workers.ts";

const SHA256 = sha256Of(LARGE);
const PIECES = 6;

/** Sinks that write with one worker, and hash with another. */
class BesideFixture extends SinkFixture {
  readonly hasher: WatchedWorker;
  /** How often the hasher was lent, and given back. */
  lent = 0;
  returned = 0;

  constructor(worker?: WatchedWorker, hasher = new WatchedWorker()) {
    super(worker);
    this.hasher = hasher;
    this.lendHasher = () => {
      this.lent++;
      return { worker: hasher, [Symbol.dispose]: () => this.returned++ };
    };
  }

  /** Checks that no file has its name, that there was one error, and that another sink may go on. */
  async assertNothingDone(result: unknown): Promise<void> {
    assertEquals(result, null);
    assertEquals([this.errors.length, this.returned], [1, this.lent]);
    assertEquals((await this.list()).includes("a.bin"), false);
    this.assertFree();
  }

  override [Symbol.dispose](): void {
    this.hasher.terminate();
    super[Symbol.dispose]();
  }
}

Deno.test("FileSink: hashes a large file in one thread, and writes it in the other", async () => {
  using fixture = new BesideFixture();
  assertEquals(await receive(fixture.sink(), LARGE), fixture.temp.join("a.bin"));
  assert(Deno.readFileSync(fixture.temp.join("a.bin")).toHex() === LARGE.toHex());
  const blocks = <T>(name: T) => Array<T>(PIECES).fill(name);
  assertEquals(fixture.hasher.calls, [...blocks("hashBlock"), "endBlocks"]);
  assertEquals(fixture.worker.calls, ["startReceive", ...blocks("writeHashed"), "commit"]);
  assertEquals(fixture.written, Array(PIECES).fill(50_000));
  assertEquals([fixture.lent, fixture.returned, fixture.errors], [1, 1, []]);
  assertEquals(await fixture.list(), ["a.bin"]);
});

Deno.test("FileSink: hashes where it writes if a file is smaller, or no worker is lent", async () => {
  using fixture = new BesideFixture();
  const smaller = LARGE.subarray(1);
  assertEquals(await receive(fixture.sink(), smaller), fixture.temp.join("a.bin"));
  assertEquals(fixture.lent, 0);
  fixture.lendHasher = () => null;
  assertEquals(await receive(fixture.sink({ name: "b.bin" }), LARGE), fixture.temp.join("b.bin"));
  assertEquals(fixture.hasher.calls, []);
});

Deno.test("FileSink: hashes the bytes behind a kept part where it writes them", async () => {
  using fixture = new BesideFixture();
  const sink = fixture.keptSink(100_000);
  assertEquals(await sink.openPart(), 100_000);
  sink.begin(detailsOf(LARGE, { offset: 100_000, version: "v1" }));
  await writeAll(sink, LARGE.subarray(100_000));
  assertEquals(pathOf(await sink.finish(SHA256)), fixture.temp.join("a.bin"));
  assertEquals(fixture.lent, 0);
  // A part that is dropped is none
  const dropped = fixture.keptSink(100_000, { name: "b.bin", partName: "a.bin.part" });
  assertEquals(await dropped.openPart(), 100_000);
  dropped.begin(detailsOf(LARGE));
  await writeAll(dropped, LARGE);
  assertEquals(pathOf(await dropped.finish(SHA256)), fixture.temp.join("b.bin"));
  assertEquals([fixture.lent, fixture.returned], [1, 1]);
});

Deno.test("FileSink: hashes beside what arrives compressed and what does not", async () => {
  using fixture = new BesideFixture();
  const content = new Uint8Array(LARGE.length).fill(65);
  const sink = fixture.sink();
  sink.begin(detailsOf(content));
  await sink.write(content.slice(0, 100_000));
  const compressed = new ChunkCompressor().compress(content.subarray(0, 150_000))!;
  await sink.writeZstd(new Uint8Array(compressed));
  await sink.write(content.slice(250_000));
  assertEquals(pathOf(await sink.finish(sha256Of(content))), fixture.temp.join("a.bin"));
  assertEquals(fixture.written, [100_000, 50_000]);
  assertEquals([fixture.inflatedBytes, fixture.errors], [150_000, []]);
});

Deno.test("FileSink: bounds what two threads work on at three pieces", async () => {
  using fixture = new BesideFixture();
  const sink = fixture.sink();
  sink.begin(detailsOf(LARGE));
  let maxPending = 0;
  const count = () => {
    const [hashed, written] = [fixture.hasher, fixture.worker].map(({ underWay }) => underWay);
    const pending = (hashed!.get("hashBlock") ?? 0) + (written!.get("writeHashed") ?? 0);
    maxPending = Math.max(maxPending, pending);
  };
  fixture.hasher.onCall = fixture.worker.onCall = count;
  await writeAll(sink, LARGE, 1_000);
  assertEquals(maxPending, 2); // Beside the one that is starting
  assertEquals(pathOf(await sink.finish(SHA256)), fixture.temp.join("a.bin"));
});

Deno.test("FileSink: removes content that is wrong in any byte, wherever it is hashed", async () => {
  using worker = new WatchedWorker();
  using hasher = new WatchedWorker();
  for (const at of [0, 49_999, 50_000, LARGE.length - 1]) {
    using fixture = new SinkFixture(worker);
    fixture.lendHasher = () => ({ worker: hasher, [Symbol.dispose]: () => {} });
    const content = LARGE.slice();
    content[at]! ^= 1;
    const sink = fixture.sink();
    sink.begin(detailsOf(content));
    await writeAll(sink, content);
    assertEquals(await sink.finish(SHA256), "wrong");
    assertEquals([await fixture.list(), fixture.errors], [[], []]);
  }
});

Deno.test("FileSink: a missing piece, and one too many, never make a file", async () => {
  using fixture = new BesideFixture();
  const short = fixture.sink();
  short.begin(detailsOf(LARGE));
  await writeAll(short, LARGE.subarray(0, 250_000));
  assertEquals(await short.finish(sha256Of(LARGE.subarray(0, 250_000))), "wrong");
  const long = fixture.sink();
  long.begin(detailsOf(LARGE));
  await writeAll(long, LARGE);
  await long.write(new Uint8Array(1));
  assertEquals(await long.finish(SHA256), null);
  await fixture.assertFailed(ProtocolError, "bad-sequence");
  assertEquals((await fixture.list()).includes("a.bin"), false);
});

for (const [victim, other] of [["hasher", "worker"], ["worker", "hasher"]] as const) {
  Deno.test(`FileSink: a ${victim} that dies at any of its calls leaves no file`, async () => {
    const calls = (await callsOf(victim)).length;
    for (let dying = 0; dying < calls; dying++) {
      using fixture = new BesideFixture();
      let left = dying;
      fixture[victim].onCall = () => left-- === 0 && fixture[victim].terminate();
      const sink = fixture.sink();
      sink.begin(detailsOf(LARGE));
      await writeAll(sink, LARGE);
      const result = await sink.finish(SHA256);
      assertEquals([result, fixture.errors.length, fixture.returned], [null, 1, 1]);
      assertEquals(fixture.temp.list().includes("a.bin"), false);
      if (victim === "hasher") await fixture.assertNothingDone(result);
      assert(fixture[other].isAlive);
    }
  });
}

Deno.test("FileSink: an end at any moment leaves the part, unlocked, and gives the worker back", async () => {
  for (let pieces = 0; pieces <= PIECES; pieces++) {
    using fixture = new BesideFixture();
    const sink = fixture.sink();
    sink.begin(detailsOf(LARGE));
    await writeAll(sink, LARGE.subarray(0, pieces * 50_000));
    await sink.end(false);
    await sink.end(false);
    fixture.assertFree();
    await fixture.hasher.idle();
    assertEquals((await fixture.list()).includes("a.bin"), false);
    assertEquals([fixture.errors, fixture.lent, fixture.returned], [[], 1, 1]);
  }
});

Deno.test("FileSink: data that cannot be inflated close the part as the target says", async () => {
  for (const staysOnError of [true, false]) {
    using fixture = new BesideFixture();
    const sink = fixture.sink({ staysOnError });
    sink.begin(detailsOf(LARGE));
    await sink.write(LARGE.slice(0, 100_000));
    await sink.writeZstd(new Uint8Array(10));
    await sink.write(LARGE.slice(100_000, 200_000));
    assertEquals(await sink.finish(SHA256), null);
    await fixture.assertFailed(ProtocolError, "bad-frame");
    assertEquals((await fixture.list()).some((name) => name.endsWith(".part")), staysOnError);
    assertEquals(fixture.returned, 1);
  }
});

Deno.test("FileSink: a full disk ends both threads' work, and leaves no file", async (t) => {
  using fixture = new BesideFixture();
  using disk = mountSmall(fixture.temp.path);
  await t.step({
    name: "on a file system of 1 MiB",
    ignore: disk === null,
    fn: async () => {
      const content = patternedBytes(2_000_000);
      const sink = fixture.sink({ staysOnError: false });
      sink.begin(detailsOf(content));
      await writeAll(sink, content);
      assertEquals(await sink.finish(sha256Of(content)), null);
      await fixture.assertFailed(DiskError, "no-space");
      assertEquals([await fixture.list(), fixture.returned], [[], 1]);
    },
  });
});

/** The calls of a worker while a file is received whole. */
async function callsOf(name: "hasher" | "worker"): Promise<readonly string[]> {
  using fixture = new BesideFixture();
  await receive(fixture.sink(), LARGE);
  return [...fixture[name].calls];
}
