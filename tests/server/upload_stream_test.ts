import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  ReceiveBudget,
  type UploadPiece,
  UploadStream,
} from "../../lib/server/transfers/upload_stream.ts";
import { FakeClock, flushTasks } from "../helpers/fake_clock.ts";

/** A piece of so many bytes, which lies in a buffer of its own or in a larger one. */
function data(bytes: number, bufferBytes = bytes): UploadPiece {
  return { kind: "data", bytes: new Uint8Array(new ArrayBuffer(bufferBytes), 0, bytes) };
}

const END: UploadPiece = { kind: "end", sha256: "abc" };

/** Whether a promise has resolved, once all has happened that waits for nothing outside. */
async function isResolved(promise: Promise<unknown>): Promise<boolean> {
  let resolved = false;
  promise.then(() => resolved = true, () => {});
  await flushTasks();
  return resolved;
}

Deno.test("pieces come out in the order in which they went in, whoever comes first", async () => {
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

Deno.test("a stream tells for how long the next piece has been waited for", async () => {
  using clock = new FakeClock();
  const stream = new UploadStream(new ReceiveBudget(1_000));
  clock.advance(5);
  assertEquals(stream.awaitingMs(clock.nowMs), 0); // Nobody wants any yet
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

Deno.test("a stream is whole once its end has come and nobody has begun to take it", async () => {
  const stream = new UploadStream(new ReceiveBudget(1_000));
  assertEquals(stream.isWhole, false);
  await stream.push(data(1));
  assertEquals(stream.isWhole, false);
  await stream.push(END);
  assertEquals(stream.isWhole, true);
  stream.fail(new Error("cancelled"));
  assertEquals(stream.isWhole, false);
});

Deno.test("as much may wait as the room has, and what comes beyond has its sender wait", async () => {
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

Deno.test("who waits for room waits until there is enough", async () => {
  const stream = new UploadStream(new ReceiveBudget(100));
  const pushes = [60, 60, 60].map((bytes) => stream.push(data(bytes)));
  await stream.next();
  assertEquals(await isResolved(Promise.race(pushes.slice(1))), false); // 120 are too much still
  await stream.next();
  await Promise.all(pushes);
});

Deno.test("a piece counts with the whole buffer that it lies in, the end with nothing", async () => {
  const stream = new UploadStream(new ReceiveBudget(100));
  assertEquals(await isResolved(stream.push(data(1, 100))), true);
  assertEquals(await isResolved(stream.push(END)), true);
  const pushed = stream.push(data(1, 1));
  assertEquals(await isResolved(pushed), false);
  await stream.next();
  await pushed;
});

Deno.test("what is taken at once needs no room", async () => {
  const stream = new UploadStream(new ReceiveBudget(0));
  for (let i = 0; i < 3; i++) {
    const next = stream.next();
    assertEquals(await isResolved(stream.push(data(1_000))), true);
    await next;
  }
  assertEquals(await isResolved(stream.push(data(1))), false);
});

Deno.test("all streams of a connection share one room", async () => {
  const room = new ReceiveBudget(100);
  const [first, second] = [new UploadStream(room), new UploadStream(room)];
  await first.push(data(60));
  const pushed = second.push(data(60));
  assertEquals(await isResolved(pushed), false);
  await first.next();
  assertEquals(await isResolved(pushed), true);
  assertEquals(await isResolved(first.push(data(40))), true);
  assertEquals(await isResolved(first.push(data(1))), false);
  second.drop();
  assertEquals(await isResolved(room.available()), true);
});

Deno.test("all who wait for room go on together", async () => {
  const room = new ReceiveBudget(10);
  const stream = new UploadStream(room);
  const pushes = [stream.push(data(11)), stream.push(data(1)), room.available()];
  assertEquals(await isResolved(Promise.race(pushes)), false);
  await stream.next();
  await Promise.all(pushes);
});

Deno.test("what nobody wants is dropped, before and after, and takes no room", async () => {
  const room = new ReceiveBudget(10);
  const stream = new UploadStream(room);
  const waiting = stream.push(data(1_000));
  assertEquals(await isResolved(waiting), false);
  stream.drop();
  stream.drop();
  await waiting;
  for (let i = 0; i < 5; i++) assertEquals(await isResolved(stream.push(data(1_000))), true);
  assertEquals(await isResolved(room.available()), true);
  assertEquals(await isResolved(stream.next()), false); // Nothing is left
});

Deno.test("a failure is told to who waits and to who comes, the first one counts", async () => {
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

Deno.test("throwError says that something failed, even where nobody said what", () => {
  assertThrows(() => new UploadStream(new ReceiveBudget(1)).throwError(), Error, "Cannot");
});

Deno.test("whatever the order of coming and taking, all comes out once, and the room is empty", async () => {
  const step = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant("take" as const));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const room = new ReceiveBudget(100);
      const stream = new UploadStream(room);
      const pushed: UploadPiece[] = [];
      const taken: Promise<UploadPiece>[] = [];
      let waitingBytes = 0;
      for (const step of steps) {
        if (step === "take") {
          if (taken.length > pushed.length) continue; // One taker waits at a time
          const piece = pushed[taken.length];
          if (piece !== undefined && piece.kind !== "end") waitingBytes -= piece.bytes.length;
          taken.push(stream.next());
        } else {
          const piece = data(step);
          const isAwaited = taken.length > pushed.length;
          pushed.push(piece);
          if (!isAwaited) waitingBytes += step;
          stream.push(piece);
        }
        assertEquals(await isResolvedSoon(room.available()), waitingBytes <= 100);
      }
      while (taken.length < pushed.length) taken.push(stream.next());
      const out = await Promise.all(taken.slice(0, pushed.length));
      assertEquals(out.every((piece, i) => piece === pushed[i]), true);
      assertEquals(await isResolvedSoon(room.available()), true);
    }),
    { numRuns: 200 },
  );

  /** The same as {@link isResolved}, for what resolves without a pause. */
  async function isResolvedSoon(promise: Promise<unknown>): Promise<boolean> {
    let resolved = false;
    promise.then(() => resolved = true);
    for (let i = 0; i < 3; i++) await Promise.resolve();
    return resolved;
  }
});
