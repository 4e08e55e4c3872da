import { assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";

Deno.test("the limits are the ones of the contract", () => {
  assertEquals({ ...LIMITS }, {
    controlBytes: 65_536,
    dataBytes: 1_048_576,
    protocol1DataBytes: 8_192,
    controlFrameMs: 30_000,
    dataWindowMs: 30_000,
    dataWindowBytes: 30 * 1_024,
    outboundBytes: 1_048_576,
    stalledMs: 10_000,
    stalledBulkMs: 30_000,
    clients: 10_000,
    clientsPerAddress: 256,
    unansweredRequests: 64,
    chatBurst: 20,
    chatPerSecond: 10,
    messageBytes: 4_096,
    pathBytes: 4_096,
    nameBytes: 255,
    workers: 32,
  });
});
