import { assert, assertEquals, assertThrows } from "@std/assert";
import { Bans } from "../../lib/chat/bans.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
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

Deno.test("Bans.ban: bans any other name as a nick", () => {
  using bans = new TestBans();
  for (const nick of ["1.2.3", "1.2.3.4.5", "a.b.c.d", "abc"]) bans.ban(nick);
  assertEquals(bans.list().map(({ kind }) => kind), Array(4).fill("nick"));
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

Deno.test("Bans: ban a network, and lift it by any spelling", () => {
  using bans = new TestBans();
  const ban = bans.ban("10.1.*");
  assertEquals([ban.kind, ban.subject], ["address", "10.1.0.0/16"]);
  assertEquals(bans.findAddress("::ffff:10.1.9.9"), ban);
  assertEquals(bans.findAddress("10.2.0.1"), null);
  assertEquals(bans.unban("10.1.7.7/16"), true);
  assertEquals(bans.findAddress("10.1.9.9"), null);
});

Deno.test("Bans: a ban of a network expires", () => {
  using bans = new TestBans();
  bans.ban("127.0.0.0/8", { durationMs: 30_000 });
  assertEquals(bans.findAddress("127.0.0.1")?.subject, "127.0.0.0/8");
  using _clock = new ShiftedClock(30_000);
  assertEquals(bans.findAddress("127.0.0.1"), null);
});

for (const text of ["10.1.2.3/33", "a b", "*", ":::", ""]) {
  Deno.test(`Bans.ban: refuses "${text}", which is no address, network or nick`, () => {
    using bans = new TestBans();
    const error = assertThrows(() => bans.ban(text), RequestError);
    assertEquals(error.code, "bad-request");
    assertEquals(bans.list(), []);
  });
}
