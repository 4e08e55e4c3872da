import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FrameLog } from "../../lib/stream/frames/frame_log.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { FakeClock, settled } from "../helpers/fake_clock.ts";
import { ascii, StepSink } from "../helpers/step_sink.ts";

/** A writer, what it writes to, and what it tells its owner. */
function setUp(outboundBytes = 1_000) {
  const sink = new StepSink();
  const told: unknown[] = [];
  const writer = new FrameWriter(sink, {
    onOverflow: () => told.push("overflow"),
    onError: (error) => told.push(error),
  }, outboundBytes);
  return { sink, told, writer };
}

function send(writer: FrameWriter, ...texts: string[]): void {
  for (const text of texts) writer.send(ascii(text));
}

/** Queues data; the array gets the text when it was taken, or the error. */
function sendBulk(writer: FrameWriter, outcomes: unknown[], ...texts: string[]): void {
  for (const text of texts) {
    writer.sendBulk(ascii(text)).then(() => outcomes.push(text), (error) => outcomes.push(error));
  }
}

Deno.test("send writes at once, and what queues up meanwhile as one write", async () => {
  const { sink, writer } = setUp();
  send(writer, "a");
  assertEquals(sink.writing, "a");
  send(writer, "b", "c", "d");
  await sink.take();
  assertEquals(sink.writing, "bcd");
  await sink.take();
  assertEquals(sink.writing, null);
  send(writer, "e");
  assertEquals(sink.writing, "e");
  await sink.takeAll();
});

Deno.test("control frames go before the log, the log goes before data", async () => {
  const { sink, writer } = setUp();
  const log = new FrameLog();
  writer.follow(log.cursor());
  const outcomes: unknown[] = [];
  sendBulk(writer, outcomes, "1", "2");
  log.append(ascii("L"));
  log.append(ascii("M"));
  writer.wake();
  send(writer, "c", "d");
  await sink.take();
  send(writer, "e");
  await sink.takeAll();
  assertEquals(sink.writes, ["1", "cd", "e", "LM", "2"]);
  assertEquals(outcomes, ["1", "2"]);
});

Deno.test("data keeps its order, small items share a write, each is resolved when it is taken", async () => {
  const { sink, writer } = setUp();
  const outcomes: unknown[] = [];
  sendBulk(writer, outcomes, "1", "2", "3");
  await settled();
  assertEquals(outcomes, []);
  await sink.take();
  assertEquals(outcomes, ["1"]);
  await sink.takeAll();
  assertEquals(outcomes, ["1", "2", "3"]);
  assertEquals(sink.writes, ["1", "23"]);
});

Deno.test("data are joined up to 64 KiB, and what is larger leaves alone", async () => {
  const { sink, writer } = setUp();
  const sizes = [1, 65_535, 1, 65_536, 1, 65_537, 2, 3];
  const sending = sizes.map((size) => writer.sendBulk(new Uint8Array(size)));
  await sink.takeAll();
  await Promise.all(sending);
  assertEquals(sink.writes.map(({ length }) => length), [1, 65_536, 65_536, 1, 65_537, 5]);
});

Deno.test("a write that takes a part only is gone on with before anything else", async () => {
  const { sink, writer } = setUp();
  const outcomes: unknown[] = [];
  sendBulk(writer, outcomes, "abcdef", "x");
  send(writer, "c");
  await sink.take(2);
  assertEquals(sink.writing, "cdef");
  await sink.take(1);
  assertEquals(sink.writing, "def");
  assertEquals(outcomes, []);
  await sink.takeAll();
  assertEquals(sink.writes, ["abcdef", "cdef", "def", "c", "x"]);
});

Deno.test("what waits up to the limit is no overflow, one byte more is", async () => {
  for (const [bytes, expected] of [[9, []], [10, []], [11, ["overflow"]]] as const) {
    const { sink, told, writer } = setUp(10);
    send(writer, "a"); // Being written: it does not wait
    send(writer, "x".repeat(bytes - 1), "y");
    assertEquals(told, [...expected], `${bytes} bytes`);
    await sink.takeAll();
  }
});

Deno.test("the log that is followed counts as waiting, data does not", async () => {
  const { sink, told, writer } = setUp(10);
  const log = new FrameLog();
  writer.follow(log.cursor());
  sendBulk(writer, [], "x".repeat(100), "y".repeat(100));
  log.append(ascii("12345"));
  writer.wake();
  send(writer, "12345");
  assertEquals(told, []);
  log.append(ascii("6"));
  writer.wake();
  assertEquals(told, ["overflow"]);
  send(writer, "7");
  assertEquals(told, ["overflow"]); // Once
  await sink.takeAll();
});

Deno.test("a peer that takes what it gets never overflows, however much that is in all", async () => {
  const { sink, told, writer } = setUp(10);
  for (let i = 0; i < 100; i++) {
    send(writer, "0123456789");
    await sink.takeAll();
  }
  assertEquals(told, []);
});

Deno.test("a failed write drops all, rejects all, and is told once", async () => {
  const { sink, told, writer } = setUp();
  const outcomes: unknown[] = [];
  sendBulk(writer, outcomes, "1", "2");
  send(writer, "c");
  const flushed = writer.flushed();
  const error = new Error("gone");
  await sink.fail(error);
  await flushed;
  assertEquals(told, [error]);
  assertEquals(outcomes, [error, error]);
  send(writer, "d");
  assertStrictEquals(await assertRejects(() => writer.sendBulk(ascii("3"))), error);
  await settled();
  assertEquals(sink.writes, ["1"]);
  assertEquals(told, [error]);
});

Deno.test("abort rejects what is written and what waits, and tells nobody", async () => {
  const { sink, told, writer } = setUp();
  const outcomes: unknown[] = [];
  sendBulk(writer, outcomes, "1", "2");
  send(writer, "c");
  const error = new Error("closed");
  writer.abort(error);
  writer.abort(new Error("again"));
  await settled();
  assertEquals(outcomes, [error, error]);
  await sink.fail(new Error("what the closed socket says"));
  assertEquals(sink.writes, ["1"]);
  assertEquals(told, []);
  await writer.flushed();
});

Deno.test("flushed resolves when all is written that was queued, at once when nothing is", async () => {
  const { sink, writer } = setUp();
  await writer.flushed();
  const outcomes: unknown[] = [];
  send(writer, "a");
  sendBulk(writer, outcomes, "1");
  writer.flushed().then(() => outcomes.push("flushed"));
  await sink.take();
  assertEquals(outcomes, []);
  await sink.take();
  assertEquals(outcomes, ["1", "flushed"]);
});

Deno.test("nothing is left lying that is queued while the writer runs out of work", async () => {
  for (const queue of ["send", "sendBulk", "wake"] as const) {
    for (let ticks = 0; ticks < 12; ticks++) {
      const { sink, writer } = setUp();
      const log = new FrameLog();
      writer.follow(log.cursor());
      send(writer, "a");
      sink.takeSoon();
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      if (queue === "send") send(writer, "b");
      if (queue === "sendBulk") sendBulk(writer, [], "b");
      if (queue === "wake") {
        log.append(ascii("b"));
        writer.wake();
      }
      await settled();
      assertEquals(sink.writing, "b", `${queue} after ${ticks} microtasks`);
      await sink.takeAll();
    }
  }
});

Deno.test("data that is queued when the data before it resolves is written", async () => {
  const { sink, writer } = setUp();
  const sendMany = async () => {
    for (const text of ["1", "2", "3", "4"]) await writer.sendBulk(ascii(text));
  };
  const done = sendMany();
  await sink.takeAll();
  await done;
  assertEquals(sink.writes, ["1", "2", "3", "4"]);
});

Deno.test("stall tells for how long nothing was taken, and whether only data waits", async () => {
  using clock = new FakeClock();
  const { sink, writer } = setUp();
  assertEquals(writer.stall(clock.nowMs), null);
  clock.advance(50);
  sendBulk(writer, [], "abc");
  clock.advance(7);
  assertEquals(writer.stall(clock.nowMs), { waitedMs: 7, onlyBulk: true });
  await sink.take(1); // Progress
  assertEquals(writer.stall(clock.nowMs), { waitedMs: 0, onlyBulk: true });
  clock.advance(5);
  send(writer, "c");
  assertEquals(writer.stall(clock.nowMs), { waitedMs: 5, onlyBulk: false });
  await sink.take();
  assertEquals(writer.stall(clock.nowMs + 1), { waitedMs: 1, onlyBulk: false });
  await sink.take();
  assertEquals(writer.stall(clock.nowMs + 1e9), null);
});

Deno.test("stall starts anew with new work after a pause", async () => {
  using clock = new FakeClock();
  const { sink, writer } = setUp();
  send(writer, "a");
  await sink.take();
  clock.advance(1e6);
  send(writer, "b");
  assertEquals(writer.stall(clock.nowMs), { waitedMs: 0, onlyBulk: false });
  await sink.take();
});
