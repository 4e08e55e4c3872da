import { assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { PeerWatch, type WaitingPeer } from "../../lib/web/peer_watch.ts";
import { FakeTimers } from "../helpers/fake_timers.ts";

const QUICK_MS = 250;

/** A peer that ended its side; writes what happens to it. */
function endedPeer(told: string[], probe: WaitingPeer["probe"]): WaitingPeer {
  return { endsNext: () => Promise.resolve(true), probe, onLeft: () => void told.push("left") };
}

Deno.test("PeerWatch: probes a peer that ended its side ever more seldom, until the answer is there", async () => {
  using timers = new FakeTimers();
  const told: string[] = [];
  const probe = () => Promise.resolve(void told.push("probe"));
  const watch = new PeerWatch(endedPeer(told, probe));
  const probesAfter = async (ms: number) => {
    await timers.advance(ms);
    return told.splice(0).length;
  };
  assertEquals(await probesAfter(QUICK_MS - 1), 0);
  assertEquals(await probesAfter(1), 1);
  assertEquals([await probesAfter(999), await probesAfter(1)], [0, 1]);
  assertEquals([await probesAfter(1_999), await probesAfter(1)], [0, 1]);
  watch[Symbol.dispose]();
  assertEquals([await probesAfter(1_000_000), timers.count], [0, 0]);
});

Deno.test("PeerWatch: tells once that a peer has left when a probe fails, or the connection", async () => {
  using timers = new FakeTimers();
  const told: string[] = [];
  let probes = 0;
  const failing = () => ++probes < 2 ? Promise.resolve() : Promise.reject(new Error("reset"));
  using _probed = new PeerWatch(endedPeer(told, failing));
  await timers.advance(60_000);
  assertEquals([told.splice(0), probes], [["left"], 2]);
  using _reset = new PeerWatch({
    ...endedPeer(told, failing),
    endsNext: () => Promise.reject(new Error("reset")),
  });
  await timers.advance(60_000);
  assertEquals([told, probes], [["left"], 2]);
});

Deno.test("PeerWatch: leaves a peer alone that sends on, or keeps its side open", async () => {
  using timers = new FakeTimers();
  const told: string[] = [];
  const probe = () => Promise.resolve(void told.push("probe"));
  using _ = new PeerWatch({ ...endedPeer(told, probe), endsNext: () => Promise.resolve(false) });
  await timers.advance(1_000_000);
  assertEquals(told, []);
});

Deno.test("PeerWatch: bounds the wait of a peer of HTTP/1.0 that ended its side", async () => {
  using timers = new FakeTimers();
  const told: string[] = [];
  using _ = new PeerWatch(endedPeer(told, null));
  await timers.advance(QUICK_MS + LIMITS.httpEndedMs - 1);
  assertEquals(told, []);
  await timers.advance(1);
  assertEquals(told, ["left"]);
});
