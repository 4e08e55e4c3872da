import { assert, assertEquals } from "@std/assert";
import { nextTurn } from "../../lib/async/next_turn.ts";
import { FairTurns } from "../../lib/server/context/fair_turns.ts";
import { RefusalLog } from "../../lib/server/context/refusal_log.ts";
import type { ServerEvent } from "../../lib/server/config/events.ts";
import { within } from "../helpers/deadline.ts";

const owner = (address: string, client: number) => ({ address, client });

/** Takes turns until one has to wait. */
function takeAll(
  turns: FairTurns,
  address: string,
  client: number,
  bytes = 0,
  type = "STAT",
): number {
  const frame = { kind: "control", type, payload: new Uint8Array(bytes) } as const;
  for (let count = 0;; count++) {
    if (turns.take(owner(address, client), frame) !== null) return count;
  }
}

Deno.test("FairTurns: gives each client and each address a share of a turn", () => {
  const turns = new FairTurns();
  assertEquals([1, 2, 3].map((client) => takeAll(turns, "a", client)), [32, 32, 0]);
  assertEquals(takeAll(turns, "b", 4), 32);
});

Deno.test("FairTurns: counts a long control frame as several", () => {
  const lengths = [1_023, 1_024, 4_000, 65_536];
  const counts = lengths.map((bytes) => takeAll(new FairTurns(), "a", 1, bytes));
  assertEquals(counts, [32, 16, 8, 1]);
});

Deno.test("FairTurns: counts a request that costs much as several", () => {
  const counts = ["STAT", "SEND", "HELO", "NICK", "JOIN", "ROOM", "WHOS", "HIST"].map((type) => {
    return takeAll(new FairTurns(), "a", 1, 0, type);
  });
  assertEquals(counts, [32, 32, 8, 4, 2, 2, 1, 1]);
});

Deno.test("FairTurns: counts a request of HTTP as eight frames", () => {
  const turns = new FairTurns();
  let count = 0;
  while (turns.take(owner("a", 1), "http") === null) count++;
  assertEquals(count, 4);
});

Deno.test("FairTurns: gives an address one slice of a listing in a turn, all together four", async () => {
  const turns = new FairTurns();
  const served: string[] = [];
  const take = (address: string) => {
    const turn = turns.take(owner(address, address.charCodeAt(0)), "listed");
    if (turn === null) served.push(address);
    return turn?.then(() => void served.push(address));
  };
  const all = [..."aaabbccddee"].map(take);
  assertEquals(served.join(""), "abcd");
  await nextTurn();
  assertEquals(served.join(""), "abcdabcd");
  await within(Promise.all(all), "all slices");
  assertEquals(served.join(""), "abcdabcdeae");
});

Deno.test("FairTurns: gives all clients together no more than a turn", () => {
  const turns = new FairTurns();
  const counts = Array.from({ length: 20 }, (_, i) => takeAll(turns, `${i}`, i));
  assertEquals(counts.reduce((sum, count) => sum + count, 0), 256);
});

Deno.test("FairTurns: serves what waits in the next turns, addresses in turn", async () => {
  const turns = new FairTurns();
  const served: string[] = [];
  const all: Promise<void>[] = [];
  const take = (address: string, client: number) => {
    const turn = turns.take(owner(address, client)) ?? Promise.resolve();
    all.push(turn.then(() => void served.push(address)));
  };
  for (let i = 0; i < 1_000; i++) take("flood", i % 8);
  for (let i = 0; i < 40; i++) take("quiet", 100);
  await within(Promise.all(all), "all turns");
  assertEquals(served.length, 1_040);
  assert(served.lastIndexOf("quiet") < 200, `${served.lastIndexOf("quiet")}`);
});

const refusal = (client: number | null, code: "not-found" | "denied", path?: string) => ({
  event: "refused",
  client,
  address: "192.0.2.1",
  code,
  ...(path !== undefined && { path }),
} as const);

Deno.test("RefusalLog: sums up the refusals of a kind after the first", () => {
  const events: ServerEvent[] = [];
  let nowMs = 0;
  const log = new RefusalLog((event) => events.push(event), () => nowMs);
  for (let i = 0; i < 1_000; i++) log.report(refusal(1, "not-found", `${i}`));
  log.report(refusal(1, "denied"));
  log.report(refusal(2, "not-found"));
  const first = [refusal(1, "not-found", "0"), refusal(1, "denied"), refusal(2, "not-found")];
  assertEquals(events, first);
  log.sweep();
  assertEquals(events.length, 3);
  nowMs = 10_001;
  log.sweep();
  assertEquals(events.slice(3), [{ ...refusal(1, "not-found"), more: 999 }]);
  log.report(refusal(1, "not-found", "again"));
  assertEquals(events.at(-1), refusal(1, "not-found", "again"));
});

Deno.test("RefusalLog: sums up before the server has stopped, and passes other events on", () => {
  const events: ServerEvent[] = [];
  const log = new RefusalLog((event) => events.push(event));
  for (let i = 0; i < 3; i++) log.report(refusal(null, "denied"));
  log.report({ event: "rules" });
  log.report({ event: "stopped" });
  assertEquals(events, [
    refusal(null, "denied"),
    { event: "rules" },
    { ...refusal(null, "denied"), more: 2 },
    { event: "stopped" },
  ]);
});
