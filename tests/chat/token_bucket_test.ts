import { assert, assertEquals, assertFalse } from "@std/assert";
import { TokenBucket } from "../../lib/chat/token_bucket.ts";

/** How many of so many takes succeed. */
function taken(bucket: TokenBucket, nowMs: number, tries = 1_000): number {
  let count = 0;
  for (let i = 0; i < tries; i++) if (bucket.take(nowMs)) count++;
  return count;
}

Deno.test("a bucket gives its burst at once, whenever it is first asked", () => {
  for (const nowMs of [0, 1, 1e9]) assertEquals(taken(new TokenBucket(20, 10), nowMs), 20);
});

Deno.test("a bucket gives so many a second afterwards", () => {
  const bucket = new TokenBucket(20, 10);
  taken(bucket, 5_000);
  assertFalse(bucket.take(5_099));
  assert(bucket.take(5_100));
  assertFalse(bucket.take(5_101));
  assertEquals(taken(bucket, 6_100), 10);
});

Deno.test("asking in vain costs nothing", () => {
  const bucket = new TokenBucket(1, 10);
  assert(bucket.take(0));
  for (let nowMs = 1; nowMs < 100; nowMs++) assertFalse(bucket.take(nowMs));
  assert(bucket.take(100.001)); // Adding up a hundred parts rounds
});

Deno.test("a pause fills a bucket up to its burst and not beyond", () => {
  const bucket = new TokenBucket(20, 10);
  taken(bucket, 0);
  assertEquals(taken(bucket, 1e9), 20);
});

Deno.test("a bucket that is asked all the time gives what it promises in the long run", () => {
  const bucket = new TokenBucket(20, 10);
  let count = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 7) if (bucket.take(nowMs)) count++;
  assert(Math.abs(count - 620) <= 1, `${count}`);
});

Deno.test("a bucket without a limit gives for ever", () => {
  assertEquals(taken(new TokenBucket(1, 0), 0), 1_000);
});

Deno.test("isFull tells when the whole burst is there again", () => {
  const bucket = new TokenBucket(20, 10);
  assert(bucket.isFull(0));
  taken(bucket, 0, 5);
  assertFalse(bucket.isFull(0));
  assertFalse(bucket.isFull(499));
  assert(bucket.isFull(500));
});
