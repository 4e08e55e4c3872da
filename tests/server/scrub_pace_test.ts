import { assertEquals } from "@std/assert";
import { restMs } from "../../lib/server/scrub.ts";

Deno.test("restMs: files are hashed at 50 MB/s at most, and for half of the time", () => {
  const slice = 10_000_000; // A fifth of a second
  for (
    const [tookMs, expected] of [[0, 200], [50, 150], [99, 101], [100, 100], [101, 101], [900, 900]]
  ) {
    assertEquals(restMs(slice, tookMs!), expected);
  }
  assertEquals([restMs(0, 0), restMs(0, 3)], [0, 3]);
});
