import { assertEquals, assertRejects } from "@std/assert";
import { LeaderTrust } from "../../lib/cluster/leader_trust.ts";

Deno.test("LeaderTrust: believes a leader that answers in time", async () => {
  let nowMs = 0;
  const trust = new LeaderTrust(() => nowMs);
  const answer = Promise.withResolvers<string>();
  const asked = trust.ask(() => answer.promise);
  nowMs = 1_000;
  assertEquals(trust.isDoubtful, false);
  answer.resolve("answer");
  assertEquals(await asked, "answer");
  assertEquals(trust.isDoubtful, false);
});

Deno.test("LeaderTrust: doubts a leader that is late, and a moment longer", async () => {
  let nowMs = 0;
  const trust = new LeaderTrust(() => nowMs);
  const answer = Promise.withResolvers<string>();
  const asked = trust.ask(() => answer.promise);
  nowMs = 1_001;
  assertEquals(trust.isDoubtful, true);
  answer.resolve("answer");
  assertEquals(await asked, "answer");
  assertEquals(trust.isDoubtful, true);
  nowMs += 1_499;
  assertEquals(trust.isDoubtful, true);
  nowMs += 1;
  assertEquals(trust.isDoubtful, false);
});

Deno.test("LeaderTrust: doubts a leader for a moment after a question that failed", async () => {
  let nowMs = 0;
  const trust = new LeaderTrust(() => nowMs);
  await assertRejects(() => trust.ask(() => Promise.reject(new Error("no answer"))));
  assertEquals(trust.isDoubtful, true);
  nowMs = 1_500;
  assertEquals(trust.isDoubtful, false);
});

Deno.test("LeaderTrust: takes an error that is an answer for one", async () => {
  const trust = new LeaderTrust(() => 0);
  await assertRejects(() => trust.ask(() => Promise.reject(new Error("no log")), () => true));
  assertEquals(trust.isDoubtful, false);
});
