import { assertEquals } from "@std/assert";
import { KeptMessages } from "../../lib/chat/kept_messages.ts";
import type { LogEntry } from "../../lib/cluster/entry.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { applyAt, Replica } from "../helpers/replica.ts";

function keep(text: string, owner = "account:1:ana", network: string | null = null): LogEntry {
  const event = { event: "message", to: "ana", from: "bob", text, time: 5, id: text } as const;
  return { kind: "keep", owner, event, network };
}

function textsOf(replica: Replica, nowMs: number): string[] {
  const kept = new KeptMessages(replica.database, { now: () => nowMs });
  return kept.list("account:1:ana").map(({ event }) => event.text);
}

Deno.test("keep: keeps a message for a while by the time of the log, and once", () => {
  using replica = new Replica();
  const untilMs = 1_000 + LIMITS.keptMessageMs;
  const outcomes = applyAt(replica, 1_000, keep("one"), keep("two"), keep("one"));
  assertEquals(outcomes, [1, 2, 1].map((number) => ({ number, untilMs })));
  assertEquals(textsOf(replica, untilMs - 1), ["one", "two"]);
  assertEquals(textsOf(replica, untilMs), []);
  applyAt(replica, untilMs, keep("three"));
  assertEquals(replica.rows().kept_messages!.length, 1);
});

Deno.test("unkeep: removes a message, whose number no other one gets", () => {
  using replica = new Replica();
  applyAt(replica, 1_000, keep("one"), { kind: "unkeep", number: 1 }, {
    kind: "unkeep",
    number: 1,
  });
  assertEquals(textsOf(replica, 1_000), []);
  const [receipt] = applyAt(replica, 1_001, keep("two"));
  assertEquals(receipt, { number: 2, untilMs: 1_001 + LIMITS.keptMessageMs });
});

Deno.test("keep: refuses one message more than the limit of an owner", () => {
  using replica = new Replica();
  const texts = Array.from({ length: LIMITS.keptMessagesPerClient }, (_, i) => keep(`${i}`));
  applyAt(replica, 1_000, ...texts);
  assertEquals(applyAt(replica, 1_000, keep("more")), ["mailbox-full"]);
  assertEquals(textsOf(replica, 1_000).length, LIMITS.keptMessagesPerClient);
});

Deno.test("topic: sets and removes the topic of a room, whose numbers stay", () => {
  using replica = new Replica();
  const topic = (text: string): LogEntry => ({ kind: "topic", room: "ops", from: "ana", text });
  const draft = { event: "message", from: "ana", text: "hi", time: 0 } as const;
  applyAt(replica, 1_000, { kind: "say", room: "ops", draft });
  assertEquals(applyAt(replica, 1_001, topic("on call")), [{ time: 1_001 }]);
  const row = () =>
    replica.database.prepare("SELECT seq, topic, topic_from, topic_ms FROM rooms").get();
  assertEquals({ ...row() }, { seq: 1, topic: "on call", topic_from: "ana", topic_ms: 1_001 });
  applyAt(replica, 1_002, topic(""));
  assertEquals({ ...row() }, { seq: 1, topic: null, topic_from: null, topic_ms: null });
});
