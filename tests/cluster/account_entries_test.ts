import { assertEquals } from "@std/assert";
import { AccountStore } from "../../lib/accounts/account_store.ts";
import { Bans } from "../../lib/chat/bans.ts";
import { encodeVerifier } from "../../lib/cluster/account_entries.ts";
import type { EntryOf, LogEntry } from "../../lib/cluster/entry.ts";
import { encodeEntry } from "../../lib/cluster/record.ts";
import { splitRules } from "../../lib/cluster/rule_parts.ts";
import { RuleRows } from "../../lib/cluster/rule_rows.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { SECRET, verifierOf } from "../helpers/account_entries.ts";
import { applyAt, Replica } from "../helpers/replica.ts";

function adding(name: string, role: "admin" | "member" = "member"): LogEntry {
  return { kind: "adduser", name, role, rights: null, verifier: verifierOf("a") };
}

function namesIn({ database }: Replica): string[] {
  return new AccountStore(database).list().map(({ name }) => name);
}

Deno.test("secret: is set once, and the same for all servers", () => {
  using replica = new Replica();
  const other: LogEntry = { kind: "secret", secret: btoa("o".repeat(32)), iterations: 3 };
  assertEquals(applyAt(replica, 1, SECRET, other), [{}, "exists"]);
  const [row] = replica.rows().account_settings as Record<string, unknown>[];
  assertEquals(row, {
    only_row: 1,
    secret: new Uint8Array(32).fill("s".charCodeAt(0)),
    iterations: 2,
    revision: 0,
  });
});

Deno.test("adduser, passwd, deluser: do what the commands do, by the time of the log", () => {
  using replica = new Replica();
  applyAt(replica, 1, SECRET);
  const [added] = applyAt(replica, 1_000, adding("Ana", "admin")) as [{ account: unknown }];
  const store = new AccountStore(replica.database);
  assertEquals(added.account, store.find("ana"));
  assertEquals(store.find("ana")?.createdMs, 1_000);
  const { revision } = store;
  const changed = { kind: "passwd", name: "ANA", verifier: verifierOf("b") } as const;
  applyAt(replica, 1_001, changed);
  assertEquals(encodeVerifier(store.credentialsOf("ana").verifier), changed.verifier);
  assertEquals(store.revision, revision + 1);
  applyAt(replica, 1_002, { kind: "deluser", name: "ana" });
  assertEquals([namesIn(replica), store.revision], [[], revision + 2]);
});

Deno.test("adduser, passwd, deluser: are refused as the commands are, and change nothing then", () => {
  using replica = new Replica();
  assertEquals(applyAt(replica, 1, adding("ana")), ["internal"]);
  applyAt(replica, 1, SECRET, adding("ana"));
  const before = replica.rows();
  const missing = [
    { kind: "passwd", name: "bob", verifier: verifierOf("b") },
    { kind: "deluser", name: "bob" },
  ] as const;
  assertEquals(applyAt(replica, 2, adding("ANA"), ...missing), [
    "account-exists",
    "account-unknown",
    "account-unknown",
  ]);
  assertEquals(replica.rows().accounts, before.accounts);
  assertEquals(replica.rows().account_settings, before.account_settings);
});

Deno.test("adduser: a verifier of the wrong size, or that is no base64, is refused", () => {
  using replica = new Replica();
  applyAt(replica, 1, SECRET);
  const good = verifierOf("a");
  const wrong = [
    { ...good, storedKey: btoa("k".repeat(31)) },
    { ...good, serverKey: btoa("k".repeat(33)) },
    { ...good, salt: "" },
    { ...good, salt: btoa("s".repeat(65)) },
    { ...good, salt: "?" },
    { ...good, iterations: 0 },
  ];
  for (const verifier of wrong) {
    const entry: LogEntry = {
      kind: "adduser",
      name: "ana",
      role: "member",
      rights: null,
      verifier,
    };
    assertEquals(applyAt(replica, 2, entry), ["bad-request"]);
  }
  assertEquals(namesIn(replica), []);
});

Deno.test("ban, unban: count from the time of the log, and end by the clock of each server", () => {
  using replica = new Replica();
  const nowMs = Date.now();
  const ban = (subject: string, durationMs: number | null): LogEntry => {
    return { kind: "ban", target: "nick", subject, durationMs, reason: "x", notice: "bye" };
  };
  applyAt(replica, nowMs, ban("ana", null), ban("bob", 60_000), ban("old", 1));
  const bans = new Bans(replica.database);
  const expected = { kind: "nick", sinceMs: nowMs, reason: "x" } as const;
  assertEquals(bans.findName("bob"), { ...expected, subject: "bob", expiresMs: nowMs + 60_000 });
  const unban = (subject: string): LogEntry => ({ kind: "unban", target: "nick", subject });
  assertEquals(applyAt(replica, nowMs + 2, unban("old"), unban("ana"), unban("ana")), [
    { wasBanned: false },
    { wasBanned: true },
    { wasBanned: false },
  ]);
  assertEquals(replica.rows().bans!.length, 1);
});

Deno.test("rules: the last ones hold, whatever they are", () => {
  using replica = new Replica();
  const rules = new RuleRows(replica.database);
  assertEquals(rules.shared, null);
  const entries = ["/a read *", "no rules", ""].map((text): LogEntry => ({ kind: "rules", text }));
  assertEquals(applyAt(replica, 1, ...entries.slice(0, 2)), [{}, {}]);
  assertEquals(rules.shared, "no rules");
  applyAt(replica, 2, entries[2]!);
  assertEquals(rules.shared, "");
});

Deno.test("rulepart: rules of several entries hold once all parts have come, in their order", () => {
  using replica = new Replica();
  const rules = new RuleRows(replica.database);
  const long = "/a read *\n".repeat(15_000);
  const [first, last] = splitRules(long) as [LogEntry, LogEntry];
  const [otherFirst, otherLast] = splitRules(`#${long}`) as [LogEntry, LogEntry];
  const wrong = { ...otherLast, sha256: (first as EntryOf<"rulepart">).sha256 } as LogEntry;
  const apply = (...entries: LogEntry[]) => entries.flatMap((each) => applyAt(replica, 1, each));
  const hold = (text: string) => assertEquals(rules.shared === text, true);
  apply({ kind: "rules", text: "" });
  assertEquals(apply(last, first), ["changed", {}]);
  hold("");
  // Two servers at once: the one that was passed begins anew
  assertEquals(apply(otherFirst, last, otherLast), [{}, "changed", {}]);
  hold(`#${long}`);
  assertEquals(apply(first, last, last), [{}, {}, "changed"]);
  hold(long);
  assertEquals([apply(first, wrong), replica.rows().rule_parts], [[{}, {}], []]);
  hold(long);
});

Deno.test("splitRules: has the longest rules that a file may have, whatever characters they are of", () => {
  using replica = new Replica();
  const rules = new RuleRows(replica.database);
  for (const character of ["\n", "é", "🦊"]) {
    const { length } = new TextEncoder().encode(character);
    const text = character.repeat(LIMITS.ruleFileBytes / length);
    for (const entry of splitRules(text)) {
      assertEquals(encodeEntry(entry).length > 0, true);
      applyAt(replica, 1, entry);
    }
    assertEquals(rules.shared === text, true);
  }
});

Deno.test("RuleRows.isChange: is about rules that the log has not had since the file had the same", () => {
  using replica = new Replica();
  const rules = new RuleRows(replica.database);
  const apply = (text: string) => applyAt(replica, 1, { kind: "rules", text });
  apply("a");
  assertEquals(rules.isChange("b"), false, "the file never had the same");
  rules.setSame("a");
  assertEquals(["a", "b"].map((text) => rules.isChange(text)), [false, true]);
  apply("b");
  apply("c");
  assertEquals(["a", "b", "c", "d"].map((text) => rules.isChange(text)), [
    false,
    false,
    false,
    true,
  ]);
  rules.setSame("c");
  assertEquals(rules.isChange("a"), true, "an operator has gone back");
  rules.beginWriting("d", "a");
  assertEquals(["a", "d", "e"].map((text) => rules.isChange(text)), [false, false, true]);
});
