import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { sendData } from "../../lib/transfer/send_data.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { BUFFER_BYTES, Collector, NEVER, planOf, setUpSending } from "../helpers/sending.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("sendData: sends every byte of files of any size, and nothing of an empty one", async () => {
  for (const size of [0, 1, 8_191, 8_192, 8_193, BUFFER_BYTES, BUFFER_BYTES + 1, 3_000_001]) {
    using temp = new TempDir();
    const content = patternedBytes(size);
    const { file, sink, writer, worker } = await setUpSending(temp, content);
    using _worker = worker;
    await sendData(worker, file, planOf(file), { writer, signal: NEVER });
    assert(await sink.data() === content.toHex(), `${size} bytes`);
  }
});

Deno.test("sendData: sends frames of at most 8192 bytes, whole ones in every write", async () => {
  using temp = new TempDir();
  const { file, sink, writer, worker } = await setUpSending(temp, patternedBytes(600_000));
  using _worker = worker;
  await sendData(worker, file, planOf(file), { writer, signal: NEVER });
  for (const write of sink.writes) {
    const view = new DataView(write.buffer);
    let offset = 0;
    while (offset < write.length) {
      const size = Number(view.getBigUint64(offset));
      assert(size >= 1 && size <= 8_192);
      offset += 12 + size;
    }
    assertEquals(offset, write.length);
  }
});

Deno.test("sendData: reads no more than four buffers ahead of a peer that does not read", async () => {
  using temp = new TempDir();
  const { file, sink, writer, worker } = await setUpSending(temp, patternedBytes(8_000_000));
  using _worker = worker;
  const blocked = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  sink.onWrite = () => {
    reached.resolve();
    return blocked.promise;
  };
  let filled = 0;
  const call = worker.call.bind(worker);
  worker.call = ((name: "fillFrames", ...rest: [never]) => {
    if (["startFilling", "fillFrames"].includes(name)) filled++;
    return call(name, ...rest);
  }) as typeof worker.call;
  const sending = sendData(worker, file, planOf(file), { writer, signal: NEVER });
  await within(reached.promise, "the first write");
  await worker.call("hashSlice", [0]).catch(() => {}); // Waits for all calls before
  assertEquals(filled, 4);
  blocked.resolve();
  await sending;
  assertEquals(filled, Math.ceil(8_000_000 / BUFFER_BYTES));
});

Deno.test("sendData: fails when the file changes, and never sends its last byte", async () => {
  using temp = new TempDir();
  const content = patternedBytes(8_000_000);
  const { file, sink, writer, worker } = await setUpSending(temp, content);
  using _worker = worker;
  sink.onWrite = () => {
    if (sink.writes.length === 0) Deno.writeTextFileSync(file.realPath, "x", { append: true });
  };
  const sending = sendData(worker, file, planOf(file), { writer, signal: NEVER });
  assertEquals((await assertRejects(() => sending, RequestError)).code, "changed");
  const sent = await sink.data();
  assert(sent.length / 2 < content.length);
  assert(content.toHex().startsWith(sent));
});

Deno.test("sendData: sends nothing of a file that has changed before", async () => {
  using temp = new TempDir();
  const { file, sink, writer, worker } = await setUpSending(temp, patternedBytes(100));
  using _worker = worker;
  Deno.truncateSync(file.realPath, 50);
  const sending = sendData(worker, file, planOf(file), { writer, signal: NEVER });
  assertEquals((await assertRejects(() => sending, RequestError)).code, "changed");
  assertEquals(sink.writes, []);
});

Deno.test("sendData: fails when the connection fails, and leaves the worker usable", async () => {
  using temp = new TempDir();
  const content = patternedBytes(8_000_000);
  const { file, sink, writer, worker } = await setUpSending(temp, content);
  using _worker = worker;
  const error = new Deno.errors.BrokenPipe("gone");
  sink.onWrite = () => {
    if (sink.writes.length === 1) throw error;
  };
  const sending = sendData(worker, file, planOf(file), { writer, signal: NEVER });
  assertStrictEquals(await assertRejects(() => sending), error);

  const next = new Collector();
  const events = { onOverflow: () => {}, onError: () => {} };
  await sendData(worker, file, planOf(file), {
    writer: new FrameWriter(next, events),
    signal: NEVER,
  });
  assert(await next.data() === content.toHex());
});

Deno.test("sendData: fails with the reason of its signal", async () => {
  using temp = new TempDir();
  const { file, sink, writer, worker } = await setUpSending(temp, patternedBytes(8_000_000));
  using _worker = worker;
  const controller = new AbortController();
  const reason = new Error("gone");
  sink.onWrite = () => {
    if (sink.writes.length === 1) controller.abort(reason);
  };
  const sending = sendData(worker, file, planOf(file), { writer, signal: controller.signal });
  assertStrictEquals(await assertRejects(() => sending), reason);
  await flushTasks();
  assertEquals(sink.writes.length, 2);
});

Deno.test("sendData: fails when its worker dies", async () => {
  using temp = new TempDir();
  const { file, sink, writer, worker } = await setUpSending(temp, patternedBytes(8_000_000));
  const reason = new Error("the worker is dead");
  sink.onWrite = () => worker.terminate(reason);
  const sending = sendData(worker, file, planOf(file), { writer, signal: NEVER });
  assertStrictEquals(await assertRejects(() => within(sending, "sending to fail")), reason);
});

Deno.test("sendData: asks for each buffer when its bytes may be read, in their order", async () => {
  using temp = new TempDir();
  const content = patternedBytes(5 * BUFFER_BYTES + 100);
  const { file, sink, writer, worker } = await setUpSending(temp, content);
  using _worker = worker;
  const asked: number[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const until = (position: number) => {
    asked.push(position);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    return gate.promise;
  };
  const sent = sendData(worker, file, planOf(file), { writer, signal: NEVER, until });
  gates[1]?.resolve(); // Before the first one
  await worker.call("hashKept", [-1, 0]);
  assertEquals(sink.writes.length, 0);
  for (let i = 0; i < 6; i++) {
    gates[i]?.resolve();
    while (gates.length < Math.min(6, i + 2)) await worker.call("hashKept", [-1, 0]);
  }
  await sent;
  assertEquals(asked, [1, 2, 3, 4, 5].map((n) => n * BUFFER_BYTES).concat(content.length));
  assertEquals(await sink.data(), content.toHex());
});

Deno.test("sendData: fails with what the wait for bytes fails with", async () => {
  using temp = new TempDir();
  const { file, sink, writer, worker } = await setUpSending(temp, patternedBytes(100));
  using _worker = worker;
  const until = () => Promise.reject(new RequestError("busy"));
  const sent = sendData(worker, file, planOf(file), { writer, signal: NEVER, until });
  await assertRejects(() => sent, RequestError, "Busy");
  assertEquals(sink.writes.length, 0);
});
