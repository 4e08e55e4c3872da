import { assertEquals } from "@std/assert";
import { CONTENT_LIMITS } from "../../lib/protocol/content_limits.ts";

Deno.test("CONTENT_LIMITS: has the values of the contract", () => {
  assertEquals({ ...CONTENT_LIMITS }, {
    ticketMs: 10_000,
    giverSilenceMs: 10_000,
    requestMs: 2_000,
    scrubMs: 2_592_000_000,
    scrubBytesPerSecond: 50_000_000,
    clientDoubtMs: 86_400_000,
    cacheBytes: 10 * 1_024 ** 3,
  });
});
