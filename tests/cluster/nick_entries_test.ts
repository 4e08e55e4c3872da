import { assertEquals } from "@std/assert";
import type { LogEntry } from "../../lib/cluster/entry.ts";
import { nickEntry } from "../../lib/cluster/nick_entry.ts";
import { CLUSTER_LIMITS } from "../../lib/protocol/cluster_limits.ts";
import { ORIGINS, recordOf, Replica, START } from "../helpers/replica.ts";

const [ANA, BOB] = ORIGINS;
/** A server that applies single entries, and tells what comes of each: its kind, or the code and the reason. */
class NickLog extends Replica {
  #place = 0;
  readonly #counts = new Map<string, number>();

  take(origin: string, entry: LogEntry): string {
    const n = (this.#counts.get(origin) ?? 0) + 1;
    this.#counts.set(origin, n);
    const head = { origin, n, seenPlace: 0, seenChain: START };
    this.apply([{ place: ++this.#place, stampMs: 1_000, payload: recordOf(head, [entry]) }]);
    const result = this.applied.at(-1)!.results[0];
    if (result === undefined) return "skipped";
    return result.kind ?? `${result.error.code} ${result.error.reason}`;
  }

  claim(origin: string, member: number, nick: string, isOwn = false): string {
    return this.take(origin, nickEntry(member, nick, isOwn));
  }

  nicks(): unknown[] {
    return this.database.prepare("SELECT nick FROM nicks ORDER BY nick").all()
      .map(({ nick }) => nick);
  }
}

Deno.test("nick: is taken by the first that claims it, in any case, width and look", () => {
  using log = new NickLog();
  assertEquals(log.claim(ANA, 1, "Paul"), "nick");
  for (const nick of ["Paul", "paul", "ＰＡＵＬ", "pаul", "PauI"]) {
    assertEquals(log.claim(BOB, 1, nick), "exists nick-taken", nick);
    assertEquals(log.claim(ANA, 2, nick), "exists nick-taken", nick);
  }
  assertEquals(log.claim(BOB, 1, "paula"), "nick");
  assertEquals(log.nicks(), ["Paul", "paula"]);
});

Deno.test("nick: changes the nick of a member, whose former one is free", () => {
  using log = new NickLog();
  assertEquals(log.claim(ANA, 1, "one"), "nick");
  assertEquals(log.claim(ANA, 1, "ONE"), "nick");
  assertEquals(log.claim(ANA, 1, "two"), "nick");
  assertEquals(log.claim(BOB, 1, "one"), "nick");
  assertEquals(log.nicks(), ["one", "two"]);
});

Deno.test("nick: of its account is a member's own though it looks like another's, not while another has it", () => {
  using log = new NickLog();
  assertEquals(log.claim(ANA, 1, "PauI"), "nick");
  assertEquals(log.claim(BOB, 1, "Paul"), "exists nick-taken");
  assertEquals(log.claim(BOB, 1, "Paul", true), "nick");
  assertEquals(log.claim(ANA, 2, "paul", true), "exists nick-taken");
});

Deno.test("bye: frees the nick of a member, of the server that says so", () => {
  using log = new NickLog();
  log.claim(ANA, 1, "ana");
  assertEquals(log.take(BOB, { kind: "bye", member: 1 }), "bye");
  assertEquals(log.claim(BOB, 1, "ana"), "exists nick-taken");
  assertEquals(log.take(ANA, { kind: "bye", member: 1 }), "bye");
  assertEquals(log.take(ANA, { kind: "bye", member: 1 }), "bye");
  assertEquals(log.claim(BOB, 1, "ana"), "nick");
});

Deno.test("gone: frees the nicks of an incarnation, which claims none any more", () => {
  using log = new NickLog();
  log.claim(ANA, 1, "ana");
  log.claim(ANA, 2, "bia");
  log.claim(BOB, 1, "bob");
  assertEquals(log.take(BOB, { kind: "gone", incarnation: ANA }), "gone");
  assertEquals(log.nicks(), ["bob"]);
  assertEquals(log.claim(ANA, 1, "ana"), "skipped");
  assertEquals(log.claim(BOB, 2, "ana"), "nick");
});

Deno.test("block: gives each server numbers that no other one has", () => {
  using log = new NickLog();
  const firsts = [ANA, BOB, ANA].map((origin) => {
    log.take(origin, { kind: "block" });
    const result = log.applied.at(-1)!.results[0]!;
    return result.kind === "block" ? result.outcome : null;
  });
  const count = CLUSTER_LIMITS.guestNumbers;
  const blocks = [1, 1 + count, 1 + 2 * count].map((first) => ({ first, count }));
  assertEquals(firsts, blocks);
});

Deno.test("nick: is refused by all if it is malformed", () => {
  using log = new NickLog();
  const good = nickEntry(1, "ana", false);
  const long = "x".repeat(10_000);
  for (
    const bad of [
      { ...good, nick: "" },
      { ...good, nick: long },
      { ...good, keys: ["ana"] },
      { ...good, keys: ["ana", "b", "c", "d"] },
      { ...good, keys: ["ana", "b", long] },
      { ...good, member: -1 },
    ]
  ) assertEquals(log.take(ANA, bad as unknown as LogEntry), "bad-request null");
  assertEquals(log.nicks(), []);
});
