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
import { detailsOf, pathOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestWorker, ThreadWatch } from "../helpers/workers.ts";

const LAYOUT = { payloadBytes: 8_192, frames: 2 };
const PLAN: SendPlan = { layout: LAYOUT, offset: 0, hashed: true, zstd: false };

Deno.test("FileWorker: runs jobs in the order of the calls", async () => {
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

Deno.test("FileWorker: transfers buffers to the thread and back without a copy", async () => {
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
  const result = await worker.call("commit", [1, sha256Of(content)]);
  assertEquals(pathOf(result), temp.join("in/a.bin"));
});

Deno.test("FileWorker: settles the calls of one turn in order, failed ones without effect on others", async () => {
  using temp = new TempDir();
  temp.write("a.txt", "hello");
  const file = await (await DirectoryStore.open(temp.path)).find("a.txt");
  const missing = { ...file, realPath: temp.join("nothing") };
  using worker = new TestWorker();
  const order: string[] = [];
  const record = (call: string) => () => void order.push(call);
  await Promise.all([
    worker.call("startHash", [missing]).catch(record("first")),
    worker.call("startHash", [file]).then(record("second")),
    worker.call("hashSlice", [1_000]).then((sha256) => order.push(String(sha256))),
    worker.call("startHash", [missing]).catch(record("last")),
  ]);
  assertEquals(order, ["first", "second", sha256Of("hello"), "last"]);
  await worker.call("endHash", []);
});

Deno.test("FileWorker: arguments that cannot be cloned end the worker, but not the process", async () => {
  using worker = new TestWorker();
  const unclonable = (() => {}) as never;
  const calls = [1, 2].map((part) => worker.call("write", [part, unclonable]));
  for (const result of await Promise.allSettled(calls)) {
    assert(result.status === "rejected");
    assertStringIncludes(String(result.reason), "Cannot give the worker");
  }
  assertFalse(worker.isAlive);
});

Deno.test("FileWorker: restores the class of errors", async () => {
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

  temp.write("in/.tcp-chat/a.bin.part/x", "");
  const target = targetIn(temp.join("in"));
  const details = detailsOf(new Uint8Array(1));
  const disk = await assertRejects(
    () => worker.call("startReceive", [1, target, details]),
    DiskError,
  );
  assertEquals([disk.code, disk.path], ["exists", temp.join("in/a.bin")]);
  assert(disk.message.includes("not a regular file"));

  await worker.call("startReceive", [2, targetIn(temp.path), details]);
  const write = () => worker.call("write", [2, new Uint8Array(2)]);
  const violation = await assertRejects(write, ProtocolError, "more than the 1 bytes");
  assertEquals(violation.code, "bad-sequence");
  assert(worker.isAlive);
});

Deno.test("FileWorker: rejects unknown jobs, and lives on", async () => {
  using temp = new TempDir();
  using worker = new TestWorker();
  for (const name of ["nothing", "constructor", "__proto__", "#parts"]) {
    await assertRejects(() => worker.call(name as JobName, [] as never), Error);
  }
  await assertRejects(() => worker.call("hashSlice", [1]), Error); // Nothing was started
  assert(worker.isAlive);
  await worker.call("closeAll", []);
  assertEquals(temp.list(), []);
});

Deno.test("FileWorker: newHandle returns unique handles", () => {
  using worker = new TestWorker();
  const handles = Array.from({ length: 100 }, () => worker.newHandle());
  assertEquals(new Set(handles).size, 100);
  assertNotEquals(worker.newHandle(), worker.newHandle());
});

Deno.test("FileWorker: terminate rejects pending and later calls with its reason", async () => {
  const deaths: unknown[] = [];
  const worker = new FileWorker((dead) => deaths.push(dead));
  const calls = [worker.call("closeAll", []), worker.call("closeAll", [])];
  const reason = new Error("enough");
  worker.terminate(reason);
  worker.terminate(new Error("again"));
  assertFalse(worker.isAlive);
  for (const call of calls) assertStrictEquals(await assertRejects(() => call), reason);
  assertStrictEquals(await assertRejects(() => worker.call("closeAll", [])), reason);
  assertEquals(deaths, []); // It did not die by itself
});

Deno.test("FileWorker: rejects all calls when its thread dies, and the process lives on", async () => {
  using threads = new ThreadWatch();
  const died = Promise.withResolvers<FileWorker>();
  const worker = new FileWorker(died.resolve);
  await worker.call("closeAll", []);
  threads.kill(0);
  const call = worker.call("closeAll", []);
  const error = await assertRejects(() => within(call, "the call to fail"), Error, "worker died");
  assertStrictEquals(await within(died.promise, "the report of its death"), worker);
  assertFalse(worker.isAlive);
  assertStrictEquals(await assertRejects(() => worker.call("closeAll", [])), error);
});

Deno.test("FileWorker: terminate frees the locks of the thread", async () => {
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
  const result = await second.call("commit", [1, sha256Of(content)]);
  assertEquals(pathOf(result), temp.join("a.bin"));
});

Deno.test("FileWorker: several workers commit files of one name under different names", async () => {
  using temp = new TempDir();
  const receive = async (seed: number) => {
    const content = patternedBytes(1_000, seed);
    using worker = new TestWorker();
    for (let isLocked = false; !isLocked;) {
      const start = worker.call("startReceive", [0, targetIn(temp.path), detailsOf(content)]);
      isLocked = await start.then(() => true, (error) => {
        if (error instanceof DiskError && error.code === "busy") return false;
        throw error;
      });
    }
    await worker.call("write", [0, content.slice()]);
    const path = pathOf(await worker.call("commit", [0, sha256Of(content)]))!;
    assertEquals(Deno.readFileSync(path), content);
    return path;
  };
  const paths = await Promise.all([1, 2, 3, 4, 5, 6].map(receive));
  assertEquals(new Set(paths).size, 6);
  assertEquals(temp.list().length, 6);
});
