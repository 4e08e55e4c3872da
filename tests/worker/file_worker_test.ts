import { assert, assertEquals, assertFalse, assertRejects, assertStrictEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import type { FileTarget } from "../../lib/files/part_file.ts";
import { dataBufferBytes } from "../../lib/protocol/data_frames.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { FileWorker } from "../../lib/worker/file_worker.ts";
import type { JobName } from "../../lib/worker/jobs.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestWorker, ThreadWatch } from "../helpers/workers.ts";

function target(directory: string, content: Uint8Array): FileTarget {
  const sha256 = sha256Of(content);
  return { directory, name: "a.bin", sizeBytes: content.length, sha256, replace: false };
}

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
    worker.call("close", [false]).then(() => order.push("close")),
  ]);
  assertEquals(results[1], sha256Of("hello"));
  assertEquals(order, ["start", "hash", "close"]);
});

Deno.test("buffers travel to the worker and back without a copy", async () => {
  using temp = new TempDir();
  const content = patternedBytes(10_000);
  temp.write("a.bin", content);
  const file = await (await DirectoryStore.open(temp.path)).find("a.bin");
  using worker = new TestWorker();
  const buffer = new ArrayBuffer(dataBufferBytes(2));
  const filling = worker.call("startSend", [file, buffer], [buffer]);
  assert(buffer.detached);
  const filled = await filling;
  assertEquals(filled.dataBytes, 10_000);
  assertEquals(filled.buffer.byteLength, dataBufferBytes(2));

  await worker.call("startReceive", [target(temp.join("in"), content)]);
  const bytes = content.slice();
  const writing = worker.call("write", [bytes], [bytes.buffer]);
  assert(bytes.buffer.detached);
  assertEquals((await writing).byteLength, 10_000);
  assertEquals(await worker.call("commit", []), temp.join("in/a.bin"));
  await worker.call("close", [false]);
});

Deno.test("errors come back as what they were", async () => {
  using temp = new TempDir();
  const identity = { sizeBytes: 1, modifiedMs: 1, changedMs: 1, inode: 1 };
  using worker = new TestWorker();
  const missing = { realPath: temp.join("nothing"), identity };
  const request = await assertRejects(() => worker.call("startHash", [missing]), RequestError);
  assertEquals(request.code, "not-found");
  const existing = { realPath: temp.write("a", "a"), identity };
  const changed = await assertRejects(
    () => worker.call("startSend", [existing, new ArrayBuffer(0)]),
    RequestError,
  );
  assertEquals(changed.code, "changed");

  temp.write("in/a.bin.part/x", "");
  const wanted = target(temp.join("in"), new Uint8Array(1));
  const disk = await assertRejects(() => worker.call("startReceive", [wanted]), DiskError);
  assertEquals([disk.code, disk.path], ["exists", temp.join("in/a.bin.part")]);
  assert(disk.message.includes("not a regular file"));
  assert(worker.isAlive);
});

Deno.test("a job that there is not is an error, and the worker lives on", async () => {
  using temp = new TempDir();
  using worker = new TestWorker();
  for (const name of ["nothing", "constructor", "__proto__", "#part"]) {
    await assertRejects(() => worker.call(name as JobName, [] as never), Error);
  }
  await assertRejects(() => worker.call("hashSlice", [1]), Error); // Nothing was started
  assert(worker.isAlive);
  await worker.call("close", [false]);
  assertEquals(temp.list(), []);
});

Deno.test("terminate rejects what is under way and all later calls, with its reason", async () => {
  const deaths: unknown[] = [];
  const worker = new FileWorker((dead) => deaths.push(dead));
  const calls = [worker.call("close", [false]), worker.call("close", [false])];
  const reason = new Error("enough");
  worker.terminate(reason);
  worker.terminate(new Error("again"));
  assertFalse(worker.isAlive);
  for (const call of calls) assertStrictEquals(await assertRejects(() => call), reason);
  assertStrictEquals(await assertRejects(() => worker.call("close", [true])), reason);
  assertEquals(deaths, []); // It did not die by itself
});

Deno.test("a worker that dies by itself rejects its calls, and the process lives on", async () => {
  using threads = new ThreadWatch();
  const died = Promise.withResolvers<FileWorker>();
  const worker = new FileWorker(died.resolve);
  await worker.call("close", [false]);
  threads.kill(0);
  const call = worker.call("close", [false]);
  const error = await assertRejects(() => within(call, "the call to fail"), Error, "worker died");
  assertStrictEquals(await within(died.promise, "the news of its death"), worker);
  assertFalse(worker.isAlive);
  assertStrictEquals(await assertRejects(() => worker.call("close", [false])), error);
});

Deno.test("a part is free again when the worker that had it is dead", async () => {
  using temp = new TempDir();
  const content = patternedBytes(10);
  const first = new TestWorker();
  using second = new TestWorker();
  await first.call("startReceive", [target(temp.path, content)]);
  const busy = () => second.call("startReceive", [target(temp.path, content)]);
  assertEquals((await assertRejects(busy, DiskError)).code, "busy");
  first.terminate();
  let received: string | null | undefined;
  while (received === undefined) received = await busy().catch(() => undefined);
  await second.call("write", [content.slice()]);
  assertEquals(await second.call("commit", []), temp.join("a.bin"));
});

Deno.test("many workers that receive files of one name give each a name of its own", async () => {
  using temp = new TempDir();
  const receive = async (seed: number) => {
    const content = patternedBytes(1_000, seed);
    using worker = new TestWorker();
    for (let isMine = false; !isMine;) {
      isMine = await worker.call("startReceive", [target(temp.path, content)])
        .then(() => true, (error) => {
          if (error instanceof DiskError && error.code === "busy") return false;
          throw error;
        });
    }
    await worker.call("write", [content.slice()]);
    const path = await worker.call("commit", []);
    assertEquals(Deno.readFileSync(path!), content);
    return path;
  };
  const paths = await Promise.all([1, 2, 3, 4, 5, 6].map(receive));
  assertEquals(new Set(paths).size, 6);
  assertEquals(temp.list().length, 6);
});
