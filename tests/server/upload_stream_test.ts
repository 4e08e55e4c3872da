import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  ReceiveBudget,
  type UploadPiece,
  UploadStream,
} from "../../lib/server/transfers/upload_stream.ts";
import { FakeClock, flushTasks } from "../helpers/fake_clock.ts";

/** A piece of `bytes` bytes in a buffer of `bufferBytes`. */
function data(bytes: number, bufferBytes = bytes): UploadPiece {
  return { kind: "data", bytes: new Uint8Array(new ArrayBuffer(bufferBytes), 0, bytes) };
}

const END: UploadPiece = { kind: "end", sha256: "abc" };

/** Whether a promise resolves without an external event. */
async function isResolved(promise: Promise<unknown>): Promise<boolean> {
  let resolved = false;
  promise.then(() => resolved = true, () => {});
  await flushTasks();
  return resolved;
}

Deno.test("UploadStream.next: returns pieces in their order, called before or after push", async () => {
  const stream = new UploadStream(new ReceiveBudget(1_000));
  const pieces = [data(1), data(2), { ...data(3), kind: "zstd" } as UploadPiece, END];
  for (const piece of pieces.slice(0, 2)) await stream.push(piece);
  for (const piece of pieces.slice(0, 2)) assertStrictEquals(await stream.next(), piece);
  for (const piece of pieces.slice(2)) {
    const next = stream.next();
    assertEquals(await isResolved(next), false);
    await stream.push(piece);
    assertStrictEquals(await next, piece);
  }
});

Deno.test("UploadStream.awaitingMs: returns how long next has waited", async () => {
  using clock = new FakeClock();
  const stream = new UploadStream(new ReceiveBudget(1_000));
  clock.advance(5);
  assertEquals(stream.awaitingMs(clock.nowMs), 0); // Before the first `next`
  const first = stream.next();
  clock.advance(7);
  assertEquals(stream.awaitingMs(clock.nowMs), 7);
  await stream.push(data(1));
  await first;
  clock.advance(9);
  assertEquals(stream.awaitingMs(clock.nowMs), 0);
  stream.next();
  assertEquals(stream.awaitingMs(clock.nowMs), 0);
  clock.advance(11);
  assertEquals(stream.awaitingMs(clock.nowMs), 11);
  await stream.push(END);
  assertEquals([stream.awaitingMs(clock.nowMs), stream.isWhole], [0, false]);
});

Deno.test("UploadStream.isWhole: is true while the end waits", async () => {
  const stream = new UploadStream(new ReceiveBudget(1_000));
  assertEquals(stream.isWhole, false);
  await stream.push(data(1));
  assertEquals(stream.isWhole, false);
  await stream.push(END);
  assertEquals(stream.isWhole, true);
  stream.fail(new Error("cancelled"));
  assertEquals(stream.isWhole, false);
});

Deno.test("UploadStream.push: resolves at once up to the budget, and waits beyond it", async () => {
  for (const [sizes, waits] of [[[99, 1], false], [[100, 0], false], [[100, 1], true]] as const) {
    const stream = new UploadStream(new ReceiveBudget(100));
    const pushes = sizes.map((bytes) => stream.push(data(bytes)));
    assertEquals(await isResolved(pushes[0]!), true);
    assertEquals(await isResolved(pushes[1]!), !waits, sizes.join());
    await stream.next();
    await pushes[1];
  }
  assertEquals(await isResolved(new UploadStream(new ReceiveBudget(100)).push(data(101))), false);
});

Deno.test("UploadStream.push: waits until the waiting pieces fit the budget", async () => {
  const stream = new UploadStream(new ReceiveBudget(100));
  const pushes = [60, 60, 60].map((bytes) => stream.push(data(bytes)));
  await stream.next();
  assertEquals(await isResolved(Promise.race(pushes.slice(1))), false); // 120 bytes still wait
  await stream.next();
  await Promise.all(pushes);
});

Deno.test("UploadStream.push: counts the whole buffer of a piece, and nothing for the end", async () => {
  const stream = new UploadStream(new ReceiveBudget(100));
  assertEquals(await isResolved(stream.push(data(1, 100))), true);
  assertEquals(await isResolved(stream.push(END)), true);
  const pushed = stream.push(data(1, 1));
  assertEquals(await isResolved(pushed), false);
  await stream.next();
  await pushed;
});

Deno.test("UploadStream.push: uses no budget for a piece that next waits for", async () => {
  const stream = new UploadStream(new ReceiveBudget(0));
  for (let i = 0; i < 3; i++) {
    const next = stream.next();
    assertEquals(await isResolved(stream.push(data(1_000))), true);
    await next;
  }
  assertEquals(await isResolved(stream.push(data(1))), false);
});

Deno.test("ReceiveBudget: is shared by streams", async () => {
  const budget = new ReceiveBudget(100);
  const [first, second] = [new UploadStream(budget), new UploadStream(budget)];
  await first.push(data(60));
  const pushed = second.push(data(60));
  assertEquals(await isResolved(pushed), false);
  await first.next();
  assertEquals(await isResolved(pushed), true);
  assertEquals(await isResolved(first.push(data(40))), true);
  assertEquals(await isResolved(first.push(data(1))), false);
  second.drop();
  assertEquals(await isResolved(budget.available()), true);
});

Deno.test("ReceiveBudget.available: resolves for all callers at once", async () => {
  const budget = new ReceiveBudget(10);
  const stream = new UploadStream(budget);
  const pushes = [stream.push(data(11)), stream.push(data(1)), budget.available()];
  assertEquals(await isResolved(Promise.race(pushes)), false);
  await stream.next();
  await Promise.all(pushes);
});

Deno.test("UploadStream.drop: drops waiting and later pieces, and releases their budget", async () => {
  const budget = new ReceiveBudget(10);
  const stream = new UploadStream(budget);
  const waiting = stream.push(data(1_000));
  assertEquals(await isResolved(waiting), false);
  stream.drop();
  stream.drop();
  await waiting;
  for (let i = 0; i < 5; i++) assertEquals(await isResolved(stream.push(data(1_000))), true);
  assertEquals(await isResolved(budget.available()), true);
  assertEquals(await isResolved(stream.next()), false); // Empty
});

Deno.test("UploadStream.fail: rejects waiting and later calls of next with the first error", async () => {
  const error = new Error("first");
  const waiting = new UploadStream(new ReceiveBudget(10));
  const next = waiting.next();
  const stream = new UploadStream(new ReceiveBudget(10));
  await stream.push(data(5));
  for (const failing of [waiting, stream]) {
    failing.fail(error);
    failing.fail(new Error("second"));
  }
  assertStrictEquals(await assertRejects(() => next), error);
  for (let i = 0; i < 2; i++) {
    assertStrictEquals(await assertRejects(() => stream.next()), error);
    assertStrictEquals(assertThrows(() => stream.throwError()), error);
  }
  await stream.push(data(1_000)); // Dropped
});

Deno.test("UploadStream.throwError: throws an error even without fail", () => {
  assertThrows(() => new UploadStream(new ReceiveBudget(1)).throwError(), Error, "Cannot");
});

Deno.test("UploadStream: returns each piece once in any order of calls, and releases the budget", async () => {
  const step = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant("next" as const));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const budget = new ReceiveBudget(100);
      const stream = new UploadStream(budget);
      const pushed: UploadPiece[] = [];
      const results: Promise<UploadPiece>[] = [];
      let waitingBytes = 0;
      for (const step of steps) {
        if (step === "next") {
          if (results.length > pushed.length) continue; // Only one `next` waits at a time
          const piece = pushed[results.length];
          if (piece !== undefined && piece.kind !== "end") waitingBytes -= piece.bytes.length;
          results.push(stream.next());
        } else {
          const piece = data(step);
          const isAwaited = results.length > pushed.length;
          pushed.push(piece);
          if (!isAwaited) waitingBytes += step;
          stream.push(piece);
        }
        assertEquals(await isResolvedSoon(budget.available()), waitingBytes <= 100);
      }
      while (results.length < pushed.length) results.push(stream.next());
      const out = await Promise.all(results.slice(0, pushed.length));
      assertEquals(out.every((piece, i) => piece === pushed[i]), true);
      assertEquals(await isResolvedSoon(budget.available()), true);
    }),
    { numRuns: 200 },
  );

  /** Like {@link isResolved}, but only for microtasks. */
  async function isResolvedSoon(promise: Promise<unknown>): Promise<boolean> {
    let resolved = false;
    promise.then(() => resolved = true);
    for (let i = 0; i < 3; i++) await Promise.resolve();
    return resolved;
  }
});

Deno.test("UploadStream: stalledMs sees an upload that sends a byte now and then", async () => {
  using clock = new FakeClock();
  const measure = async (bytes: number) => {
    const stream = new UploadStream(new ReceiveBudget(1_000_000));
    for (let i = 0; i < 10; i++) {
      const next = stream.next();
      clock.advance(18_000);
      stream.push(data(bytes));
      await next;
    }
    stream.next().catch(() => {});
    return stream.stalledMs(performance.now());
  };
  assertEquals(await measure(1), 60_000);
  assertEquals(await measure(40_000), 0);
});
