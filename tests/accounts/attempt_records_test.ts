import { assertEquals } from "@std/assert";
import { AttemptRecords, delayAfter } from "../../lib/accounts/attempt_records.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

Deno.test("delayAfter: doubles from 1 s to its limit", () => {
  const delays = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 1_000, 1e9].map(delayAfter);
  assertEquals(delays, [0, 0, 1e3, 2e3, 4e3, 8e3, 16e3, 3e4, 3e4, 3e4, 3e4]);
});

/** How many of the keys 0, 1, … below a number have a record. */
function countRecords(records: AttemptRecords, keys: number): number {
  return Array.from({ length: keys }, (_, i) => records.find(`${i}`, 0)).filter(Boolean).length;
}

Deno.test("AttemptRecords: keeps at most maxRecords records", () => {
  for (const maximum of [1, 2, 100]) {
    const records = new AttemptRecords(maximum);
    for (let i = 0; i < maximum * 3; i++) {
      records.touch(`${i}`, 0).failures = 1;
      assertEquals(countRecords(records, maximum * 3), Math.min(maximum, i + 1));
    }
    records.touch(`${maximum * 3 - 1}`, 0);
    assertEquals(countRecords(records, maximum * 3), maximum);
  }
});

Deno.test("AttemptRecords.deleteIfEmpty: drops an empty record, and no other", () => {
  const records = new AttemptRecords(10);
  records.touch("empty", 0);
  records.touch("failed", 0).failures = 1;
  records.touch("pending", 0).pending = 1;
  for (const key of ["empty", "failed", "pending", "unknown"]) records.deleteIfEmpty(key);
  assertEquals(["empty", "failed", "pending"].map((key) => records.find(key, 0) !== null), [
    false,
    true,
    true,
  ]);
});

Deno.test("AttemptRecords: forgets failures once their time has passed", () => {
  const records = new AttemptRecords(10);
  const record = records.touch("a", 0);
  record.failures = 3;
  record.failedMs = 1_000;
  assertEquals(records.find("a", 1_000 + LIMITS.loginMemoryMs - 1)?.failures, 3);
  assertEquals(records.find("a", 1_000 + LIMITS.loginMemoryMs)?.failures, 0);
});
