import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FrameLog } from "../../lib/stream/frames/frame_log.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { FakeClock, flushTasks } from "../helpers/fake_clock.ts";
import { ascii, StepSink } from "../helpers/step_sink.ts";

/** A writer, its sink, and its events. */
function setUp(outboundBytes = 1_000) {
  const sink = new StepSink();
  const events: unknown[] = [];
  const writer = new FrameWriter(sink, {
    onOverflow: () => events.push("overflow"),
    onError: (error) => events.push(error),
  }, outboundBytes);
  return { sink, events, writer };
}

function send(writer: FrameWriter, ...texts: string[]): void {
  for (const text of texts) writer.send(ascii(text));
}

/** Queues data; `outcomes` gets each text once it is written, or the error. */
function sendBulk(writer: FrameWriter, outcomes: unknown[], ...texts: string[]): void {
  for (const text of texts) {
    writer.sendBulk(ascii(text)).then(() => outcomes.push(text), (error) => outcomes.push(error));
  }
}

Deno.test("FrameWriter.send: writes at once, and joins frames queued during a write", async () => {
  const { sink, writer } = setUp();
  send(writer, "a");
  assertEquals(sink.writing, "a");
  send(writer, "b", "c", "d");
  await sink.complete();
  assertEquals(sink.writing, "bcd");
  await sink.complete();
  assertEquals(sink.writing, null);
  send(writer, "e");
  assertEquals(sink.writing, "e");
  await sink.completeAll();
});

Deno.test("FrameWriter: writes control frames before logs, and logs before data", async () => {
  const { sink, writer } = setUp();
  const log = new FrameLog();
  writer.follow(log.cursor());
  const outcomes: unknown[] = [];
  sendBulk(writer, outcomes, "1", "2");
  log.append(ascii("L"));
  log.append(ascii("M"));
  writer.wake();
  send(writer, "c", "d");
  await sink.complete();
  send(writer, "e");
  await sink.completeAll();
  assertEquals(sink.writes, ["1", "cd", "e", "LM", "2"]);
  assertEquals(outcomes, ["1", "2"]);
});

Deno.test("FrameWriter.sendBulk: keeps the order, joins small items, resolves each once written", async () => {
  const { sink, writer } = setUp();
  const outcomes: unknown[] = [];
  sendBulk(writer, outcomes, "1", "2", "3");
  await flushTasks();
  assertEquals(outcomes, []);
  await sink.complete();
  assertEquals(outcomes, ["1"]);
  await sink.completeAll();
  assertEquals(outcomes, ["1", "2", "3"]);
  assertEquals(sink.writes, ["1", "23"]);
});

Deno.test("FrameWriter.sendBulk: joins items up to 64 KiB, and writes larger ones alone", async () => {
  const { sink, writer } = setUp();
  const sizes = [1, 65_535, 1, 65_536, 1, 65_537, 2, 3];
  const sending = sizes.map((size) => writer.sendBulk(new Uint8Array(size)));
  await sink.completeAll();
  await Promise.all(sending);
  assertEquals(sink.writes.map(({ length }) => length), [1, 65_536, 65_536, 1, 65_537, 5]);
});

Deno.test("FrameWriter: completes a partial write before anything else", async () => {
  const { sink, writer } = setUp();
  const outcomes: unknown[] = [];
  sendBulk(writer, outcomes, "abcdef", "x");
  send(writer, "c");
  await sink.complete(2);
  assertEquals(sink.writing, "cdef");
  await sink.complete(1);
  assertEquals(sink.writing, "def");
  assertEquals(outcomes, []);
  await sink.completeAll();
  assertEquals(sink.writes, ["abcdef", "cdef", "def", "c", "x"]);
});

Deno.test("FrameWriter: overflows one byte beyond outboundBytes", async () => {
  for (const [bytes, expected] of [[9, []], [10, []], [11, ["overflow"]]] as const) {
    const { sink, events, writer } = setUp(10);
    send(writer, "a"); // Under way, so it does not wait
    send(writer, "x".repeat(bytes - 1), "y");
    assertEquals(events, [...expected], `${bytes} bytes`);
    await sink.completeAll();
  }
});

Deno.test("FrameWriter.hold: keeps up to half of outboundBytes back, then writes them", async () => {
  for (const [bytes, written] of [[499, null], [500, null], [501, 501]] as const) {
    const { sink, events, writer } = setUp(1_000);
    writer.hold();
    send(writer, "x".repeat(bytes - 1), "y");
    assertEquals(sink.writing?.length ?? null, written, `${bytes} bytes`);
    writer.release();
    await sink.completeAll();
    assertEquals(events, []);
  }
});

Deno.test("FrameWriter: counts followed logs as waiting, but not data", async () => {
  const { sink, events, writer } = setUp(10);
  const log = new FrameLog();
  writer.follow(log.cursor());
  sendBulk(writer, [], "x".repeat(100), "y".repeat(100));
  log.append(ascii("12345"));
  writer.wake();
  send(writer, "12345");
  assertEquals(events, []);
  log.append(ascii("6"));
  writer.wake();
  assertEquals(events, ["overflow"]);
  send(writer, "7");
  assertEquals(events, ["overflow"]); // Reported once
  await sink.completeAll();
});

Deno.test("FrameWriter: never overflows for a peer that reads in time, whatever the total", async () => {
  const { sink, events, writer } = setUp(10);
  for (let i = 0; i < 100; i++) {
    send(writer, "0123456789");
    await sink.completeAll();
  }
  assertEquals(events, []);
});

Deno.test("FrameWriter: drops and rejects everything after a failed write, and reports it once", async () => {
  const { sink, events, writer } = setUp();
  const outcomes: unknown[] = [];
  sendBulk(writer, outcomes, "1", "2");
  send(writer, "c");
  const flushed = writer.flushed();
  const error = new Error("gone");
  await sink.fail(error);
  await flushed;
  assertEquals(events, [error]);
  assertEquals(outcomes, [error, error]);
  send(writer, "d");
  assertStrictEquals(await assertRejects(() => writer.sendBulk(ascii("3"))), error);
  await flushTasks();
  assertEquals(sink.writes, ["1"]);
  assertEquals(events, [error]);
});

Deno.test("FrameWriter.abort: rejects written and waiting items without an event", async () => {
  const { sink, events, writer } = setUp();
  const outcomes: unknown[] = [];
  sendBulk(writer, outcomes, "1", "2");
  send(writer, "c");
  const error = new Error("closed");
  writer.abort(error);
  writer.abort(new Error("again"));
  await flushTasks();
  assertEquals(outcomes, [error, error]);
  await sink.fail(new Error("the error of the closed socket"));
  assertEquals(sink.writes, ["1"]);
  assertEquals(events, []);
  await writer.flushed();
});

Deno.test("FrameWriter.flushed: resolves once everything queued is written, at once if idle", async () => {
  const { sink, writer } = setUp();
  await writer.flushed();
  const outcomes: unknown[] = [];
  send(writer, "a");
  sendBulk(writer, outcomes, "1");
  writer.flushed().then(() => outcomes.push("flushed"));
  await sink.complete();
  assertEquals(outcomes, []);
  await sink.complete();
  assertEquals(outcomes, ["1", "flushed"]);
});

Deno.test("FrameWriter: writes items queued at any moment while it runs out of work", async () => {
  for (const queue of ["send", "sendBulk", "wake"] as const) {
    for (let ticks = 0; ticks < 12; ticks++) {
      const { sink, writer } = setUp();
      const log = new FrameLog();
      writer.follow(log.cursor());
      send(writer, "a");
      sink.completeSoon();
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      if (queue === "send") send(writer, "b");
      if (queue === "sendBulk") sendBulk(writer, [], "b");
      if (queue === "wake") {
        log.append(ascii("b"));
        writer.wake();
      }
      await flushTasks();
      assertEquals(sink.writing, "b", `${queue} after ${ticks} microtasks`);
      await sink.completeAll();
    }
  }
});

Deno.test("FrameWriter.sendBulk: writes items queued as the previous item resolves", async () => {
  const { sink, writer } = setUp();
  const sendMany = async () => {
    for (const text of ["1", "2", "3", "4"]) await writer.sendBulk(ascii(text));
  };
  const done = sendMany();
  await sink.completeAll();
  await done;
  assertEquals(sink.writes, ["1", "2", "3", "4"]);
});

Deno.test("FrameWriter.stall: returns the time without progress, and whether only data waits", async () => {
  using clock = new FakeClock();
  const { sink, writer } = setUp();
  assertEquals(writer.stall(clock.nowMs), null);
  clock.advance(50);
  sendBulk(writer, [], "abc");
  clock.advance(7);
  assertEquals(writer.stall(clock.nowMs), { waitedMs: 7, onlyBulk: true });
  await sink.complete(1); // Progress
  assertEquals(writer.stall(clock.nowMs), { waitedMs: 0, onlyBulk: true });
  clock.advance(5);
  send(writer, "c");
  assertEquals(writer.stall(clock.nowMs), { waitedMs: 5, onlyBulk: false });
  await sink.complete();
  assertEquals(writer.stall(clock.nowMs + 1), { waitedMs: 1, onlyBulk: false });
  await sink.complete();
  assertEquals(writer.stall(clock.nowMs + 1e9), null);
});

Deno.test("FrameWriter.stall: restarts with new work after a pause", async () => {
  using clock = new FakeClock();
  const { sink, writer } = setUp();
  send(writer, "a");
  await sink.complete();
  clock.advance(1e6);
  send(writer, "b");
  assertEquals(writer.stall(clock.nowMs), { waitedMs: 0, onlyBulk: false });
  await sink.complete();
});
