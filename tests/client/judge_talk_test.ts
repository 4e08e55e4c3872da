import { assertEquals, assertThrows } from "@std/assert";
import type { Finding } from "../../lib/client/findings.ts";
import {
  judgeAnswers,
  judgeClock,
  judgeError,
  judgePackets,
  judgeSpeed,
} from "../../lib/client/judge_talk.ts";
import {
  ConnectionError,
  type ConnectionErrorCode,
  ProtocolError,
} from "../../lib/protocol/errors.ts";

const NOW = 1_800_000_000_000;

const CLOCKS: [theirs: number | null, trip: number, finding: Finding, data: object][] = [
  [null, 0, "clock-unknown", {}],
  [NOW, 0, "clock-same", { seconds: 0, side: "ahead" }],
  [NOW + 240, 0, "clock-same", { seconds: 0.2, side: "ahead" }],
  [NOW - 1_000, 2_000, "clock-same", { seconds: 0, side: "ahead" }],
  [NOW + 60_000, 0, "clock-same", { seconds: 60, side: "ahead" }],
  [NOW + 60_001, 0, "clock-off", { seconds: 60, side: "ahead" }],
  [NOW - 3_600_000, 0, "clock-off", { seconds: 3_600, side: "behind" }],
];

for (const [theirs, trip, finding, data] of CLOCKS) {
  Deno.test(`judgeClock: finds ${finding} for ${theirs} after ${trip} ms`, () => {
    assertEquals(judgeClock(theirs, NOW, trip), { finding, data: data as Record<string, number> });
  });
}

Deno.test("judgeAnswers: tells the half and the most, and warns beyond 200 ms", () => {
  const twenty = Array.from({ length: 20 }, (_, i) => i + 1);
  assertEquals(judgeAnswers(twenty), {
    finding: "answers-quick",
    data: { half: 10, most: 20, count: 20 },
  });
  assertEquals(judgeAnswers([200]).finding, "answers-quick");
  assertEquals(judgeAnswers([1, 200.1]).finding, "answers-slow");
  assertEquals(judgeAnswers([]).finding, "answers-none");
});

const PACKETS: [passed: number, stuck: number | null, finding: Finding][] = [
  [60_000, null, "packets-pass"],
  [0, 500, "packets-vanish"],
  [500, 1_400, "packets-vanish"],
  [1_400, 8_000, "packets-vanish"],
  [8_000, 60_000, "packets-slow"],
];

for (const [passed, stuck, finding] of PACKETS) {
  Deno.test(`judgePackets: finds ${finding} where ${passed} pass and ${stuck} do not`, () => {
    assertEquals(judgePackets(passed, stuck).finding, finding);
  });
}

Deno.test("judgeSpeed: warns of pauses beyond two, and tells of no file", () => {
  const down = (pauses: number) => judgeSpeed(1e6, { bytesPerSecond: 2e6, pauses }).finding;
  assertEquals([down(0), down(2), down(3)], [
    "speed-measured",
    "speed-measured",
    "speed-halting",
  ]);
  assertEquals(judgeSpeed(1e6, null), { finding: "speed-up", data: { up: 1e6 } });
});

const ERRORS: [code: ConnectionErrorCode, finding: Finding][] = [
  ["tls-needed", "tls-needed"],
  ["tls-unexpected", "tls-unspoken"],
  ["handshake", "tls-failed"],
  ["certificate-changed", "tls-changed"],
  ["certificate-unusable", "tls-unusable"],
  ["certificate-expired", "tls-expired"],
  ["certificate-not-yet-valid", "tls-early"],
  ["other-service", "server-other"],
  ["rejected", "server-rejected"],
  ["timeout", "server-silent"],
  ["lost", "server-closed"],
  ["refused", "server-closed"],
];

for (const [code, finding] of ERRORS) {
  Deno.test(`judgeError: finds ${finding} for ${code}, with the error`, () => {
    const error = new ConnectionError(code, "what went wrong", { details: { service: "ssh" } });
    assertEquals(judgeError(error), { finding, data: { service: "ssh" }, error });
  });
}

Deno.test("judgeError: finds server-broken for a violation, and throws any other error", () => {
  const violation = new ProtocolError("bad-json", "no JSON");
  assertEquals(judgeError(violation).finding, "server-broken");
  assertThrows(() => judgeError(new TypeError("a bug")), TypeError, "a bug");
});
