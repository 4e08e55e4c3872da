import { assertEquals, assertThrows } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import { KeptMessages } from "../../lib/chat/kept_messages.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import type { PrivateMessage } from "../../lib/protocol/chat_events.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

function message(text: string): PrivateMessage {
  return { event: "message", to: "bob", from: "ana", text, time: 5, id: text };
}

/** The store with a clock of its own, in a database that is closed with it. */
function openKept() {
  const database: DatabaseSync = openDatabase(IN_MEMORY);
  const clock = { nowMs: 1_000 };
  const kept = new KeptMessages(database, { now: () => clock.nowMs });
  const textsOf = (owner: string) => kept.list(owner).map(({ event }) => event.text);
  return { kept, clock, database, textsOf, [Symbol.dispose]: () => database.close() };
}

/** The code and the reason with which a message is refused. */
function refusal(work: () => unknown): unknown[] {
  const { code, reason } = assertThrows(work, RequestError);
  return [code, reason];
}

Deno.test("KeptMessages: lists the messages of one owner in their order, until they are removed", () => {
  using fixture = openKept();
  const { kept, textsOf } = fixture;
  const numbers = ["a", "b", "c"].map((text) => kept.add("client:1", message(text)).number);
  kept.add("client:2", message("other"));
  assertEquals([textsOf("client:1"), textsOf("client:2")], [["a", "b", "c"], ["other"]]);
  assertEquals(kept.list("client:1")[0]!.event, message("a"));
  kept.remove(numbers[1]!);
  kept.remove(numbers[1]!);
  assertEquals([textsOf("client:1"), textsOf("client:3")], [["a", "c"], []]);
});

Deno.test("KeptMessages: keeps a message as long as it says", () => {
  using fixture = openKept();
  const { kept, clock, textsOf } = fixture;
  const { untilMs } = kept.add("client:1", message("a"));
  assertEquals(untilMs, 1_000 + LIMITS.keptMessageMs);
  clock.nowMs = untilMs - 1;
  assertEquals(textsOf("client:1"), ["a"]);
  clock.nowMs = untilMs;
  assertEquals(textsOf("client:1"), []);
});

Deno.test("KeptMessages.add: refuses one message more than the limit of an owner, until one expires", () => {
  using fixture = openKept();
  const { kept, clock, textsOf } = fixture;
  for (let i = 1; i <= LIMITS.keptMessagesPerClient; i++) kept.add("client:1", message(String(i)));
  assertEquals(refusal(() => kept.add("client:1", message("x"))), ["busy", "mailbox-full"]);
  kept.add("client:2", message("x"));
  clock.nowMs += LIMITS.keptMessageMs;
  kept.add("client:1", message("x"));
  assertEquals(textsOf("client:1"), ["x"]);
});

Deno.test("KeptMessages.add: refuses one message more than the limit of a network, whoever gets it", () => {
  using fixture = openKept();
  const { kept, clock } = fixture;
  const add = (i: number, network: string | null) => kept.add(`client:${i}`, message("x"), network);
  for (let i = 0; i < LIMITS.keptMessagesPerNetwork; i++) add(i, "10.0.0.1");
  assertEquals(refusal(() => add(-1, "10.0.0.1")), ["busy", "mailbox-full"]);
  for (let i = 0; i <= LIMITS.keptMessagesPerNetwork; i++) add(i, null);
  add(-1, "10.0.0.2");
  clock.nowMs += LIMITS.keptMessageMs;
  add(-1, "10.0.0.1");
});

Deno.test("KeptMessages.add: refuses one message more than the limit of all owners together", () => {
  using fixture = openKept();
  const { kept } = fixture;
  for (let i = 0; i < LIMITS.keptMessages; i++) kept.add(`client:${i}`, message("x"));
  assertEquals(refusal(() => kept.add("client:x", message("x"))), ["busy", "mailbox-full"]);
});

Deno.test("KeptMessages: a database that fails refuses messages, and lists none", () => {
  using fixture = openKept();
  const { kept, database } = fixture;
  database.exec("DROP TABLE kept_messages");
  assertEquals(refusal(() => kept.add("client:1", message("x"))), ["internal", null]);
  assertEquals(kept.list("client:1"), []);
  kept.remove(1);
});
