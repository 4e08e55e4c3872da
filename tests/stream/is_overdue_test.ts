import { assert, assertFalse } from "@std/assert";
import { isOverdue } from "../../lib/stream/frames/is_overdue.ts";

const LIMITS = { limitMs: 100, longestMs: 1_000 };

Deno.test("isOverdue: begins beyond the limit where the system holds nothing for the peer", () => {
  assertFalse(isOverdue({ ...LIMITS, waitedMs: 100 }, 0, 5_000));
  assert(isOverdue({ ...LIMITS, waitedMs: 101 }, 0, 5_000));
});

Deno.test("isOverdue: waits until a slow peer has taken all that the system holds, to a limit", () => {
  assertFalse(isOverdue({ ...LIMITS, waitedMs: 101 }, 5_000, 5_000));
  assert(isOverdue({ ...LIMITS, waitedMs: 101 }, 5_000, 5_001));
  assertFalse(isOverdue({ ...LIMITS, waitedMs: 1_000 }, 9_000, 5_000));
  assert(isOverdue({ ...LIMITS, waitedMs: 1_001 }, 9_000, 5_000));
});
