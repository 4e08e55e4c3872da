import { assert, assertEquals, assertFalse } from "@std/assert";
import { TokenBucket } from "../../lib/chat/token_bucket.ts";

/** The number of successful calls of `take`. */
function taken(bucket: TokenBucket, nowMs: number, tries = 1_000): number {
  let count = 0;
  for (let i = 0; i < tries; i++) if (bucket.take(nowMs)) count++;
  return count;
}

Deno.test("TokenBucket.take: allows a burst at any first time", () => {
  for (const nowMs of [0, 1, 1e9]) assertEquals(taken(new TokenBucket(20, 10), nowMs), 20);
});

Deno.test("TokenBucket.take: allows `perSecond` after the burst", () => {
  const bucket = new TokenBucket(20, 10);
  taken(bucket, 5_000);
  assertFalse(bucket.take(5_099));
  assert(bucket.take(5_100));
  assertFalse(bucket.take(5_101));
  assertEquals(taken(bucket, 6_100), 10);
});

Deno.test("TokenBucket.take: takes no token when it returns false", () => {
  const bucket = new TokenBucket(1, 10);
  assert(bucket.take(0));
  for (let nowMs = 1; nowMs < 100; nowMs++) assertFalse(bucket.take(nowMs));
  assert(bucket.take(100.001)); // The sum of a hundred parts is rounded
});

Deno.test("TokenBucket: fills up to its burst in a pause, not beyond", () => {
  const bucket = new TokenBucket(20, 10);
  taken(bucket, 0);
  assertEquals(taken(bucket, 1e9), 20);
});

Deno.test("TokenBucket.take: allows burst and rate exactly under constant calls", () => {
  const bucket = new TokenBucket(20, 10);
  let count = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 7) if (bucket.take(nowMs)) count++;
  assert(Math.abs(count - 620) <= 1, `${count}`);
});

Deno.test("TokenBucket.take: always succeeds without a limit", () => {
  assertEquals(taken(new TokenBucket(1, 0), 0), 1_000);
});

Deno.test("TokenBucket.isFull: is true once the whole burst is available", () => {
  const bucket = new TokenBucket(20, 10);
  assert(bucket.isFull(0));
  taken(bucket, 0, 5);
  assertFalse(bucket.isFull(0));
  assertFalse(bucket.isFull(499));
  assert(bucket.isFull(500));
});
