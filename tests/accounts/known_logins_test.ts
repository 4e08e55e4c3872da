import { assertEquals } from "@std/assert";
import { AttemptLimiter } from "../../lib/accounts/attempt_limiter.ts";
import { KnownLogins } from "../../lib/accounts/known_logins.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Does something when the clock is that much later. */
function later<T>(ms: number, work: () => T): T {
  using _ = new ShiftedClock(ms);
  return work();
}

Deno.test("KnownLogins: survive a restart, until they are 90 days old", () => {
  using folder = new TempDir();
  const path = folder.join("tcp-chat.db");
  {
    using accounts = new TestAccounts(path);
    new KnownLogins(accounts.database).add("192.0.2.77 ana");
  }
  using accounts = new TestAccounts(path);
  const known = new KnownLogins(accounts.database);
  assertEquals([known.has("192.0.2.77 ana"), known.has("192.0.2.77 bia")], [true, false]);
  const stored = accounts.database.prepare("SELECT pair FROM known_logins").all();
  assertEquals([stored.length, (stored[0]?.pair as Uint8Array).length], [1, 32]);
  const isKnown = () => known.has("192.0.2.77 ana");
  assertEquals(later(LIMITS.loginKnownMs - 60_000, isKnown), true);
  assertEquals(later(LIMITS.loginKnownMs, isKnown), false);
  later(LIMITS.loginKnownMs, () => known.add("192.0.2.78 ana"));
  assertEquals(accounts.database.prepare("SELECT pair FROM known_logins").all().length, 1);
});

Deno.test("KnownLogins: forget the oldest beyond their number", () => {
  using accounts = new TestAccounts();
  const known = new KnownLogins(accounts.database, 2);
  for (const [i, pair] of ["a", "b", "a", "c"].entries()) later(i * 1_000, () => known.add(pair));
  assertEquals(["a", "b", "c"].map((pair) => known.has(pair)), [true, false, true]);
});

Deno.test("KnownLogins: count as none while the database fails", () => {
  const accounts = new TestAccounts();
  const known = new KnownLogins(accounts.database);
  accounts[Symbol.dispose]();
  known.add("a");
  assertEquals(known.has("a"), false);
});

Deno.test("AttemptLimiter: checks the owner's login after a restart during an attack", () => {
  using accounts = new TestAccounts();
  const known = () => ({ known: new KnownLogins(accounts.database) });
  {
    using attempt = new AttemptLimiter(known()).begin("192.0.2.1", "ana");
    attempt?.succeed();
  }
  const limiter = new AttemptLimiter(known());
  for (let i = 0; i < LIMITS.accountGuesses; i++) {
    using attempt = limiter.begin(`198.51.100.${i}`, "ana");
    attempt?.fail();
  }
  assertEquals(limiter.begin("192.0.2.2", "ana"), null);
  using attempt = limiter.begin("192.0.2.1", "ana");
  assertEquals(attempt?.waitMs, 0);
});
