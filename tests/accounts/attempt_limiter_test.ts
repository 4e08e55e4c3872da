import { assert, assertEquals } from "@std/assert";
import { AttemptLimiter, type LoginAttempt } from "../../lib/accounts/attempt_limiter.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

/** A limiter whose time passes when the test says so. */
class Fixture {
  nowMs = 5_000;
  readonly limiter: AttemptLimiter;

  constructor(maxRecords?: number) {
    const now = () => this.nowMs;
    this.limiter = new AttemptLimiter(maxRecords === undefined ? { now } : { now, maxRecords });
  }

  /** Waits as long as it must, tells the outcome, and returns how long that was. */
  attempt(address: string, user: string, outcome: "fail" | "succeed" = "fail"): number {
    using attempt = this.begin(address, user);
    this.nowMs += attempt.waitMs;
    attempt[outcome]();
    return attempt.waitMs;
  }

  attempts(count: number, address: string, user: string): number[] {
    return Array.from({ length: count }, () => this.attempt(address, user));
  }

  begin(address: string, user: string): LoginAttempt {
    const attempt = this.limiter.begin(address, user);
    assert(attempt !== null, "refused");
    return attempt;
  }

  /** How long a login would have to wait, or `null`. */
  waitFor(address: string, user: string): number | null {
    using attempt = this.limiter.begin(address, user);
    return attempt?.waitMs ?? null;
  }
}

const [A, B, C] = ["192.0.2.1", "192.0.2.2", "2001:db8::1"];
const DELAYS = [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000];

Deno.test("an address that fails waits longer and longer, up to 30 s", () => {
  assertEquals(new Fixture().attempts(DELAYS.length, A, "ana"), DELAYS);
  assertEquals(LIMITS.loginDelayMs, 30_000);
});

Deno.test("the wait counts from the last failure", () => {
  const fixture = new Fixture();
  fixture.attempts(3, A, "ana");
  fixture.nowMs += 1_500;
  assertEquals(fixture.waitFor(A, "ana"), 2_500);
  fixture.nowMs += 2_499;
  assertEquals(fixture.waitFor(A, "ana"), 1);
  fixture.nowMs += 1;
  assertEquals(fixture.waitFor(A, "ana"), 0);
});

Deno.test("it is all the same which accounts an address fails at", () => {
  const fixture = new Fixture();
  const waits = DELAYS.map((_, i) => fixture.attempt(A, `user${i}`));
  assertEquals(waits, DELAYS);
});

Deno.test("an IPv6 address waits for what its network did", () => {
  const fixture = new Fixture();
  const waits = DELAYS.map((_, i) => fixture.attempt(`2001:db8:0:0:${i + 1}::${i}`, "ana"));
  assertEquals(waits, DELAYS);
  assertEquals(fixture.waitFor("2001:db8:0:1::", "bob"), 0);
});

Deno.test("many logins at once from one address are looked at as slowly as one by one", () => {
  const fixture = new Fixture();
  const all = Array.from({ length: 256 }, () => fixture.limiter.begin(A, "ana"));
  const waits = all.filter((attempt) => attempt !== null).map(({ waitMs }) => waitMs);
  assertEquals(waits, [0, 1_000, 3_000, 7_000, 15_000]);
  assertEquals(all.length - waits.length, 251);
  for (const attempt of all) attempt?.[Symbol.dispose]();
  assertEquals(fixture.waitFor(A, "ana"), 0); // None of them came to anything
});

Deno.test("what would wait for longer than 30 s is refused, what waits for just that is not", () => {
  const fixture = new Fixture();
  fixture.attempts(7, A, "ana");
  {
    using first = fixture.begin(A, "ana");
    assertEquals(first.waitMs, 30_000);
    assertEquals(fixture.waitFor(A, "ana"), null);
    fixture.nowMs += 29_999;
    assertEquals(fixture.waitFor(A, "bob"), null);
    fixture.nowMs += 1;
    assertEquals(fixture.waitFor(A, "bob"), 30_000);
  }
});

Deno.test("giving up costs nothing, and makes room", () => {
  const fixture = new Fixture();
  fixture.attempts(3, A, "ana");
  for (let i = 0; i < 10; i++) assertEquals(fixture.waitFor(A, "ana"), 4_000);
  const attempt = fixture.begin(A, "ana");
  attempt[Symbol.dispose]();
  attempt[Symbol.dispose]();
  attempt.fail(); // Too late
  assertEquals(fixture.waitFor(A, "ana"), 4_000);
});

Deno.test("only the first outcome counts", () => {
  const fixture = new Fixture();
  {
    using attempt = fixture.begin(A, "ana");
    attempt.fail();
    attempt.fail();
    attempt.succeed();
  }
  assertEquals(fixture.waitFor(A, "ana"), 1_000);
});

Deno.test("failures are forgotten after 15 minutes without another one", () => {
  const fixture = new Fixture();
  fixture.attempts(9, A, "ana");
  fixture.nowMs += LIMITS.loginMemoryMs - 1;
  fixture.attempt(A, "ana");
  assertEquals(fixture.waitFor(A, "ana"), 30_000);
  fixture.nowMs += LIMITS.loginMemoryMs;
  assertEquals(fixture.attempts(3, A, "ana"), [0, 1_000, 2_000]);
});

Deno.test("whoever hammers an account does not keep its owner waiting elsewhere", () => {
  const fixture = new Fixture();
  fixture.attempts(100, A, "ana");
  assertEquals(fixture.attempt(B, "Ana", "succeed"), 0);
  fixture.attempts(100, A, "ana");
  assertEquals(fixture.attempt(B, "ana", "succeed"), 0);
});

Deno.test("whoever hammers other accounts does not hold up who logged in from there before", () => {
  const fixture = new Fixture();
  assertEquals(fixture.attempt(A, "ana", "succeed"), 0);
  fixture.attempts(20, A, "bob");
  assertEquals(fixture.waitFor(A, "carol"), 30_000);
  assertEquals(fixture.attempt(A, "ANA", "succeed"), 0);
});

Deno.test("to have logged in does not allow to guess any faster", () => {
  const fixture = new Fixture();
  fixture.attempt(A, "ana", "succeed");
  assertEquals(fixture.attempts(DELAYS.length, A, "ana"), DELAYS);
});

Deno.test("an account of one's own buys no guesses at others", () => {
  const fixture = new Fixture();
  fixture.attempts(3, A, "ana");
  fixture.attempt(A, "mallory", "succeed");
  assertEquals(fixture.attempts(2, A, "ana"), [0, 8_000]); // The first while mallory's waited
  fixture.attempt(A, "mallory", "succeed");
  assertEquals(fixture.waitFor(A, "ana"), 16_000);
});

Deno.test("a success makes up for the failures of its pair", () => {
  const fixture = new Fixture();
  fixture.attempt(A, "ana", "succeed");
  fixture.attempts(4, A, "ana");
  assertEquals(fixture.attempt(A, "ana", "succeed"), 8_000);
  assertEquals(fixture.attempt(A, "ana"), 0);
});

Deno.test("a besieged account makes those wait longer who have failed, and nobody else", () => {
  const fixture = new Fixture();
  const siege = LIMITS.accountAttackFailures;
  fixture.attempts(siege - 1, A, "ana");
  fixture.attempt(B, "other");
  assertEquals(fixture.waitFor(B, "ana"), 1_000);
  fixture.attempt(A, "ana");
  fixture.nowMs += 1_000;
  fixture.attempt(B, "other");
  assertEquals(fixture.waitFor(B, "ana"), 16_000); // Two failures count as five
  assertEquals(fixture.waitFor(B, "other"), 2_000);
  assertEquals(fixture.waitFor(C, "ana"), 0);
  fixture.nowMs += LIMITS.loginMemoryMs;
  fixture.attempt(B, "other");
  assertEquals(fixture.waitFor(B, "ana"), 1_000);
});

Deno.test("a siege does not hold up whoever has logged in from there before", () => {
  const fixture = new Fixture();
  fixture.attempt(B, "ana", "succeed");
  fixture.attempts(50, A, "ana");
  assertEquals(fixture.attempts(4, B, "ana"), [0, 1_000, 2_000, 4_000]);
});

Deno.test("an owner who mistypes under siege waits for less than 20 s", () => {
  const fixture = new Fixture();
  fixture.attempts(50, A, "ana");
  assertEquals(fixture.attempts(3, B, "ana"), [0, 8_000, 16_000]);
});

Deno.test("the siege of an account is laid by all addresses together", () => {
  const fixture = new Fixture();
  for (let i = 0; i < LIMITS.accountAttackFailures; i++) fixture.attempt(`198.51.100.${i}`, "ana");
  assertEquals(fixture.waitFor("198.51.100.0", "ana"), 8_000);
});

Deno.test("as many records are kept as it says, and the oldest makes room", () => {
  const fixture = new Fixture(3);
  for (const address of ["a", "b", "c"]) fixture.attempt(address, "ana");
  assertEquals(fixture.waitFor("b", "ana"), 1_000);
  assertEquals(fixture.waitFor("a", "ana"), 1_000); // Both were looked at after c
  fixture.attempt("d", "ana");
  assertEquals(fixture.waitFor("c", "ana"), 0);
  assertEquals(["a", "d"].map((address) => fixture.waitFor(address, "ana")), [1_000, 1_000]);
});

Deno.test("to be rid of one's record takes as many other addresses as there are records", () => {
  const fixture = new Fixture(100);
  fixture.attempts(7, A, "ana");
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 99; i++) {
      using attempt = fixture.begin(`198.51.100.${i}`, "ana");
      attempt.fail();
    }
    assertEquals(fixture.waitFor(A, "ana"), 30_000);
  }
  // More names change nothing, and neither do logins that go well
  for (let i = 0; i < 1_000; i++) fixture.attempt(B, `user${i}`, "succeed");
  assertEquals(fixture.waitFor(A, "ana"), 30_000);
});

Deno.test("a failure whose record made room meanwhile counts all the same", () => {
  const fixture = new Fixture(2);
  using attempt = fixture.begin(A, "ana");
  for (const address of ["b", "c", "d"]) fixture.attempt(address, "ana");
  attempt.fail();
  assertEquals(fixture.waitFor(A, "ana"), 1_000);
});

Deno.test("a hundred thousand addresses and names take bounded memory and little time", () => {
  const fixture = new Fixture();
  for (let i = 0; i < 100_000; i++) {
    using attempt = fixture.begin(
      `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::`,
      `u${i}`,
    );
    attempt.fail();
  }
  const most = LIMITS.loginRecords;
  const key = (i: number) => `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::`;
  assertEquals(fixture.waitFor(key(100_000 - most), "x"), 1_000);
  assertEquals(fixture.waitFor(key(100_000 - most - 2), "x"), 0);
});
