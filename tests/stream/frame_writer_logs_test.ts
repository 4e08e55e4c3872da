import { assertEquals, assertStrictEquals } from "@std/assert";
import { FrameLog } from "../../lib/stream/frames/frame_log.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { ascii, StepSink } from "../helpers/step_sink.ts";

/** A writer with a write under way, its sink, and its overflow events. */
function setUp(outboundBytes = 1_000) {
  const sink = new StepSink();
  const events: string[] = [];
  const writer = new FrameWriter(sink, {
    onOverflow: () => events.push("overflow"),
    onError: () => {},
  }, outboundBytes);
  writer.send(ascii("a"));
  return { sink, events, writer };
}

Deno.test("FrameWriter.unfollow: sends frames appended before, and none after", async () => {
  const { sink, writer } = setUp();
  const log = new FrameLog();
  const cursor = log.cursor();
  writer.follow(cursor);
  log.append(ascii("L"));
  writer.unfollow(cursor);
  writer.unfollow(cursor); // A second call changes nothing
  log.append(ascii("M"));
  writer.wake();
  await sink.completeAll();
  assertEquals(sink.writes, ["a", "L"]);
});

Deno.test("FrameWriter.unfollow: sends the log's frames before frames sent later", async () => {
  const { sink, events, writer } = setUp(8);
  const log = new FrameLog();
  const cursor = log.cursor();
  writer.follow(cursor);
  writer.send(ascii("b"));
  log.append(ascii("LLL"));
  log.append(ascii("X"));
  cursor.excludeSince(3);
  log.append(ascii("MM"));
  writer.unfollow(cursor);
  writer.send(ascii("c"));
  await sink.complete();
  assertEquals(sink.writing, "bLLLMMc");
  assertEquals(events, []);
  await sink.completeAll();
});

Deno.test("FrameWriter.follow: joins small pieces of several logs into a write, each log in order", async () => {
  const { sink, writer } = setUp();
  const logs = [new FrameLog(), new FrameLog(), new FrameLog()];
  for (const log of logs) writer.follow(log.cursor());
  for (const frame of ["1", "2"]) {
    for (const [i, log] of logs.entries()) if (i !== 1) log.append(ascii("LMN"[i]! + frame));
  }
  writer.wake();
  await sink.completeAll();
  assertEquals(sink.writes.length, 2);
  assertEquals(sink.writes[1]!.match(/.{4}/g)!.sort(), ["L1L2", "N1N2"]);
});

Deno.test("FrameWriter: counts bytes of all followed logs as waiting", async () => {
  const { sink, events, writer } = setUp(10);
  const [first, second] = [new FrameLog(), new FrameLog()];
  const cursor = first.cursor();
  writer.follow(cursor);
  writer.follow(second.cursor());
  first.append(ascii("12345"));
  second.append(ascii("1234"));
  writer.send(ascii("b"));
  assertEquals(events, []);
  writer.unfollow(cursor);
  first.append(ascii("6789012345"));
  writer.wake();
  assertEquals(events, []);
  second.append(ascii("5"));
  writer.wake();
  assertEquals(events, ["overflow"]);
  await sink.completeAll();
});

Deno.test("FrameWriter: lets no busy log delay the others", async () => {
  const { sink, writer } = setUp(1e9);
  const [busy, quiet] = [new FrameLog(), new FrameLog()];
  for (const log of [busy, quiet]) writer.follow(log.cursor());
  for (let i = 0; i < 10; i++) busy.append(new Uint8Array(40_000));
  quiet.append(ascii("Q"));
  writer.wake();
  for (let i = 0; i < 2; i++) {
    await sink.complete();
    busy.append(new Uint8Array(40_000));
  }
  assertEquals(sink.writing!.slice(0, 1), "Q");
  await sink.completeAll();
});

Deno.test("FrameWriter: writes large log pieces without a copy", async () => {
  const written: Uint8Array[] = [];
  const sink = {
    write(bytes: Uint8Array) {
      written.push(bytes);
      return Promise.resolve(bytes.length);
    },
  };
  const [small, large] = [new FrameLog(), new FrameLog()];
  const other = large.cursor();
  const writer = new FrameWriter(sink, { onOverflow: () => {}, onError: () => {} });
  for (const log of [small, large]) writer.follow(log.cursor());
  small.append(ascii("S"));
  large.append(new Uint8Array(60_000));
  large.append(new Uint8Array(20_000)); // Does not fit into the same segment
  writer.wake();
  await writer.flushed();
  assertEquals(written.map(({ length }) => length), [1, 60_000, 20_000]);
  for (const piece of written.slice(1)) assertStrictEquals(piece.buffer, other.next()!.buffer);
});

Deno.test("FrameWriter.gather: puts log frames before frames queued later, without a write", async () => {
  const sink = new StepSink();
  const writer = new FrameWriter(sink, { onOverflow: () => {}, onError: () => {} });
  const logs = [new FrameLog(), new FrameLog()];
  for (const log of logs) writer.follow(log.cursor());
  for (const log of logs) log.append(ascii("L"));
  writer.gather();
  writer.queue(ascii("q"));
  logs[0]!.append(ascii("M"));
  writer.gather();
  writer.gather(); // Nothing is gathered twice
  writer.queue(ascii("r"));
  logs[1]!.append(ascii("N"));
  assertEquals(sink.writing, null);
  writer.wake();
  await sink.completeAll();
  assertEquals(sink.writes, ["LLqMr", "N"]);
});

Deno.test("FrameWriter.queue: counts as waiting at the next wake", async () => {
  const { sink, events, writer } = setUp(10);
  writer.queue(ascii("0123456789"));
  writer.wake();
  assertEquals(events, []);
  writer.queue(ascii("0"));
  assertEquals(events, []);
  writer.wake();
  assertEquals(events, ["overflow"]);
  await sink.completeAll();
});
