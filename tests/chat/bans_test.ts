import { assert, assertEquals } from "@std/assert";
import { Bans } from "../../lib/chat/bans.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Bans with their own database. Disposal closes it. */
class TestBans extends Bans implements Disposable {
  readonly #close: () => void;

  constructor(path = IN_MEMORY) {
    const database = openDatabase(path);
    super(database);
    this.#close = () => database.close();
  }

  /** The bans, each as kind and subject. */
  subjects(): string[] {
    return this.list().map(({ kind, subject }) => `${kind} ${subject}`).sort();
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}

Deno.test("Bans: are empty at first", () => {
  using bans = new TestBans();
  assertEquals(bans.findAddress("10.0.0.1") ?? bans.findName("ana"), null);
  assertEquals(bans.list(), []);
  assertEquals(bans.unban("ana"), false);
});

Deno.test("Bans.ban: bans an address, with any nick", () => {
  using bans = new TestBans();
  const beforeMs = Date.now();
  const ban = bans.ban("10.0.0.1", { reason: "flood" });
  assert(ban.sinceMs >= beforeMs && ban.sinceMs <= Date.now());
  const { sinceMs, ...rest } = ban;
  assertEquals(rest, { kind: "address", subject: "10.0.0.1", expiresMs: null, reason: "flood" });
  assertEquals(bans.findAddress("10.0.0.1"), { ...rest, sinceMs });
  assertEquals(bans.findAddress("10.0.0.2"), null);
  assertEquals(bans.findName("10.0.0.1"), null);
  assertEquals(bans.list(), [ban]);
});

Deno.test("Bans.ban: bans a nick in any case, and the account of that name", () => {
  using bans = new TestBans();
  const ban = bans.ban("Ação");
  assertEquals([ban.kind, ban.subject, ban.reason], ["nick", "ação", ""]);
  assertEquals(bans.findName("AÇÃO"), ban);
  assertEquals(bans.findName("ac\u0327a\u0303o"), ban);
  assertEquals(bans.findName("acao"), null);
  assertEquals(bans.findAddress("ação"), null);
});

Deno.test("Bans: find and lift a ban by any spelling of an address", () => {
  using bans = new TestBans();
  bans.ban("2001:DB8:0:0:0:0:0:1");
  bans.ban("::ffff:10.0.0.9");
  assertEquals(bans.subjects(), ["address 10.0.0.9", "address 2001:db8::1"]);
  assert(bans.findAddress("2001:db8::1") !== null);
  assert(bans.findAddress("2001:0db8::0001") !== null);
  assert(bans.findAddress("::FFFF:10.0.0.9") !== null);
  assertEquals(bans.findAddress("2001:db8::2"), null);
  assert(bans.unban("2001:db8:0::1"));
  assertEquals(bans.findAddress("2001:db8::1"), null);
});

Deno.test("Bans.ban: bans any other text as a nick", () => {
  using bans = new TestBans();
  for (const nick of ["1.2.3", "1.2.3.4.5", "a.b.c.d", "abc", "x:y", ":::"]) bans.ban(nick);
  assertEquals(bans.list().map(({ kind }) => kind), Array(6).fill("nick"));
});

Deno.test("Bans.unban: lifts a ban once, in any case", () => {
  using bans = new TestBans();
  bans.ban("ana");
  bans.ban("10.0.0.1");
  assertEquals([bans.unban("ANA"), bans.unban("ana"), bans.unban("bia")], [true, false, false]);
  assertEquals(bans.subjects(), ["address 10.0.0.1"]);
});

Deno.test("Bans.ban: bans for a duration", () => {
  using bans = new TestBans();
  const { sinceMs, expiresMs } = bans.ban("ana", { durationMs: 60_000 });
  bans.ban("bia", { durationMs: 3_600_000 });
  bans.ban("10.0.0.1");
  assertEquals(expiresMs! - sinceMs, 60_000);
  assertEquals(bans.findName("ana")?.subject, "ana");
  using _ = new ShiftedClock(61_000);
  assertEquals(bans.findName("ana"), null);
  assertEquals(bans.unban("ana"), false);
  assertEquals(bans.subjects(), ["address 10.0.0.1", "nick bia"]);
});

Deno.test("Bans.ban: replaces an earlier ban", () => {
  using bans = new TestBans();
  bans.ban("ana", { durationMs: 1_000, reason: "first" });
  bans.ban("ANA", { reason: "second" });
  assertEquals(bans.list().map(({ reason, expiresMs }) => [reason, expiresMs]), [["second", null]]);
});

Deno.test("Bans: survive a restart", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  {
    using bans = new TestBans(path);
    bans.ban("ana", { durationMs: 60_000, reason: "spam" });
    bans.ban("10.0.0.1");
  }
  using bans = new TestBans(path);
  assertEquals(bans.subjects(), ["address 10.0.0.1", "nick ana"]);
  assertEquals(bans.findName("Ana")?.reason, "spam");
});
