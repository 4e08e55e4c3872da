import { assertEquals } from "@std/assert";
import { judgeSilence } from "../../lib/client/judge_silence.ts";
import { silenceMsOf } from "../../lib/client/pending.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

const PEER = { host: "127.0.0.1", port: 5555, fingerprint: null };
const NOW_MS = 1_000_000;

/** Judges a server of a cluster after a silence. @param takenByMs until when it takes an upload */
function judge(silentMs: number, pingedMs = NOW_MS - 4_000, takenByMs = 0) {
  const handler = {
    version: 2,
    awaitsAnswer: false,
    silenceMs: LIMITS.clusterSilenceMs,
  } as const;
  const heard = { reader: { silentMs: () => silentMs }, writer: { takenByMs } };
  const times = [null, 0, pingedMs, NOW_MS] as const;
  const { isLong, isOver } = judgeSilence(heard, handler, times);
  return { isLong, isOver };
}

Deno.test("judgeSilence: asks a server of a cluster after 2 s, and gives it up after 6 s", () => {
  assertEquals(judge(2_000), { isLong: false, isOver: false });
  assertEquals(judge(2_001), { isLong: true, isOver: false });
  assertEquals(judge(6_000), { isLong: true, isOver: false });
  assertEquals(judge(6_001), { isLong: true, isOver: true });
});

Deno.test("judgeSilence: gives no server up that has had less than half of the time to answer", () => {
  assertEquals(judge(60_000, NOW_MS - 2_999).isOver, false);
  assertEquals(judge(60_000, NOW_MS - 3_000).isOver, true);
  assertEquals(judge(60_000, NOW_MS - 60_001).isOver, false); // It has answered that one
  assertEquals(judge(60_000, -Infinity).isOver, false);
});

Deno.test("judgeSilence: waits three times 90 s while the system holds an upload for the server", () => {
  assertEquals(judge(269_999, NOW_MS - 4_000, NOW_MS + 1).isOver, false);
  assertEquals(judge(270_001, NOW_MS - 4_000, NOW_MS + 1).isOver, true);
});

Deno.test("silenceMsOf: is short only where there is another server, and PING is answered at once", () => {
  const requests = (count: number) => Array.from({ length: count }, () => ({}));
  const upload = { onReady: () => {} };
  const others = [PEER, PEER];
  assertEquals(silenceMsOf([], []), 90_000);
  assertEquals(silenceMsOf([PEER], []), 90_000);
  assertEquals(silenceMsOf(others, []), 6_000);
  assertEquals(silenceMsOf(others, requests(7)), 6_000);
  assertEquals(silenceMsOf(others, requests(8)), 90_000);
  assertEquals(silenceMsOf(others, [upload]), 90_000);
});
