import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { PACE_LIMITS } from "../../lib/protocol/limits.ts";
import { ByteBucket } from "../../lib/stream/byte_bucket.ts";

Deno.test("ByteBucket: lets a burst pass at once, then makes the next byte wait", () => {
  const bucket = new ByteBucket(1_000_000, 0);
  assertEquals(bucket.waitMs(250_000, 0), 0);
  bucket.pay(250_000, 0);
  assertEquals(bucket.waitMs(1_000, 0), 1);
  assertEquals(bucket.waitMs(250_000, 0), 250);
  assertEquals(bucket.waitMs(250_000, 249), 1);
  assertEquals(bucket.waitMs(250_000, 250), 0);
});

Deno.test("ByteBucket: a burst is 64 KiB at least", () => {
  const bucket = new ByteBucket(PACE_LIMITS.bytesPerSecond, 0);
  assertEquals(bucket.waitMs(PACE_LIMITS.burstBytes, 0), 0);
  bucket.pay(PACE_LIMITS.burstBytes, 0);
  assertEquals(bucket.fullInMs(0), 4_000);
});

Deno.test("ByteBucket: a piece larger than a burst passes once that is full, and is owed", () => {
  const bucket = new ByteBucket(1_000_000, 0);
  assertEquals(bucket.waitMs(1_000_000, 0), 0);
  bucket.pay(1_000_000, 0);
  assertEquals(bucket.waitMs(1, 0), 751);
});

Deno.test("ByteBucket: has no limit at an infinite rate, and no burst when one begins", () => {
  const bucket = new ByteBucket(Infinity, 0);
  bucket.pay(1e12, 0);
  assertEquals(bucket.waitMs(1e12, 0), 0);
  bucket.setRate(1_000_000, 5);
  assertEquals(bucket.waitMs(1_000, 5), 1);
});

Deno.test("ByteBucket: what is owed at a former rate is paid in a burst's time at most", () => {
  const bucket = new ByteBucket(100_000_000, 0);
  bucket.pay(100_000_000, 0);
  bucket.setRate(100_000, 0);
  assertEquals(bucket.waitMs(1, 0), Math.ceil((PACE_LIMITS.burstBytes + 1) / 100));
});

Deno.test("ByteBucket: never lets more pass than the rate, a burst and the last piece", () => {
  const pieces = fc.array(
    fc.record({ bytes: fc.integer({ min: 1, max: 1 << 20 }), pauseMs: fc.nat(2_000) }),
    { maxLength: 60 },
  );
  fc.assert(fc.property(pieces, fc.integer({ min: 16_384, max: 1e8 }), (pieces, rate) => {
    const bucket = new ByteBucket(rate, 0);
    const burst = Math.max(rate / 4, PACE_LIMITS.burstBytes);
    let nowMs = 0;
    let passed = 0;
    for (const { bytes, pauseMs } of pieces) {
      nowMs += pauseMs;
      nowMs += bucket.waitMs(bytes, nowMs);
      assertEquals(bucket.waitMs(bytes, nowMs), 0);
      bucket.pay(bytes, nowMs);
      passed += bytes;
      assert(passed <= nowMs * rate / 1_000 + Math.max(burst, bytes) + 1);
    }
  }));
});
