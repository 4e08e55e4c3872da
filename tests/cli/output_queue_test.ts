import { assertEquals } from "@std/assert";
import type { ByteSink } from "../../lib/cli/view/byte_sink.ts";
import { OutputQueue } from "../../lib/cli/view/output_queue.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { within } from "../helpers/deadline.ts";

/** A sink that takes, holds back or refuses what is written to it. */
class ManualSink implements ByteSink {
  text = "";
  readonly #decoder = new TextDecoder();
  error: Error | null = null;
  /** Bytes that are taken at once. */
  pieceBytes = Infinity;
  #gate: Promise<void> | null = null;
  #open = () => {};

  close(): void {
    ({ promise: this.#gate, resolve: this.#open } = Promise.withResolvers<void>());
  }

  open(): void {
    this.#gate = null;
    this.#open();
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate;
    if (this.error !== null) throw this.error;
    const piece = bytes.subarray(0, this.pieceBytes);
    this.text += this.#decoder.decode(piece, { stream: true });
    return piece.length;
  }
}

function setUp(limitBytes?: number) {
  const sink = new ManualSink();
  const clock = { nowMs: 0 };
  const queue = new OutputQueue(sink, {
    ...(limitBytes !== undefined && { limitBytes }),
    describeGap: (lines) => `(${lines} missing)\n`,
    now: () => clock.nowMs,
  });
  return { sink, queue, clock, drained: () => within(queue.drain(60_000), "the queue") };
}

Deno.test("OutputQueue: writes all texts in their order, however little the sink takes", async () => {
  const { sink, queue, drained } = setUp();
  sink.pieceBytes = 3;
  for (const text of ["one\n", "two\n", "thrée\n"]) queue.write(text);
  await drained();
  assertEquals(sink.text, "one\ntwo\nthrée\n");
});

Deno.test("OutputQueue: keeps as many bytes as its limit, and says where how many lines are missing", async () => {
  const { sink, queue, drained } = setUp(6);
  sink.close();
  for (const text of ["a\n", "b\n", "c\n", "d\n", "e\n"]) queue.write(text);
  sink.open();
  await drained();
  queue.write("f\n");
  await drained();
  assertEquals(sink.text, "a\nb\nc\n(2 missing)\nf\n");
});

Deno.test("OutputQueue: drops nothing at the limit of the log, and one line above it", async () => {
  for (const [surplus, expected] of [[-1, ""], [0, ""], [1, "(1 missing)\n"]] as const) {
    const { sink, queue, drained } = setUp();
    sink.close();
    queue.write("first\n");
    queue.write("x".repeat(LIMITS.logQueueBytes - 7 + surplus) + "\n");
    sink.open();
    await drained();
    assertEquals(sink.text.slice(6).replace(/x+\n/, ""), expected);
  }
});

Deno.test("OutputQueue: drops what follows a failure for a second, then reports it", async () => {
  const { sink, queue, clock, drained } = setUp();
  sink.error = new Error("No space left on device");
  queue.write("a\n");
  await drained();
  queue.write("b\n");
  sink.error = null;
  clock.nowMs = 999;
  queue.write("c\n");
  await drained();
  assertEquals(sink.text, "");
  clock.nowMs = 1_000;
  queue.write("d\n");
  await drained();
  assertEquals(sink.text, "(3 missing)\nd\n");
});

Deno.test("OutputQueue: counts the lines of a report that is lost itself", async () => {
  const { sink, queue, clock, drained } = setUp();
  sink.error = new Error("gone");
  for (clock.nowMs = 0; clock.nowMs < 3_000; clock.nowMs += 1_000) {
    queue.write("x\n");
    await drained();
  }
  sink.error = null;
  queue.write("y\n");
  await drained();
  assertEquals(sink.text, "(3 missing)\ny\n");
});

Deno.test("OutputQueue: ends a line that a failure has torn", async () => {
  const { sink, queue, clock, drained } = setUp();
  sink.pieceBytes = 4;
  const write = sink.write.bind(sink);
  let writes = 0;
  sink.write = (bytes) => writes++ === 1 ? Promise.reject(new Error("full")) : write(bytes);
  queue.write("whole\n");
  await drained();
  clock.nowMs = 1_000;
  queue.write("next\n");
  await drained();
  assertEquals(sink.text, "whol\n(1 missing)\nnext\n");
});

Deno.test("OutputQueue: tries again where a non-blocking sink is full", async () => {
  const { sink, queue, drained } = setUp();
  const write = sink.write.bind(sink);
  let refusals = 2;
  sink.write = (bytes) =>
    refusals-- > 0 ? Promise.reject(new Deno.errors.WouldBlock("full")) : write(bytes);
  queue.write("a\n");
  await drained();
  assertEquals(sink.text, "a\n");
});

Deno.test("OutputQueue.drain: gives up at its timeout", async () => {
  const { sink, queue } = setUp();
  sink.close();
  queue.write("a\n");
  await queue.drain(1);
  assertEquals(sink.text, "");
  sink.open();
  await queue.drain(60_000);
});
