import { assert, assertEquals } from "@std/assert";
import { AttemptLimiter, type LoginAttempt } from "../../lib/accounts/attempt_limiter.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

/** A limiter whose clock the test controls. */
class Fixture {
  nowMs = 5_000;
  readonly limiter: AttemptLimiter;

  constructor(maxRecords?: number) {
    const now = () => this.nowMs;
    this.limiter = new AttemptLimiter(maxRecords === undefined ? { now } : { now, maxRecords });
  }

  /** Waits for the delay, reports the outcome, and returns the delay. */
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

  /** The delay of a login, or `null` if it is refused. */
  delayOf(address: string, user: string): number | null {
    using attempt = this.limiter.begin(address, user);
    return attempt?.waitMs ?? null;
  }
}

const [A, B, C] = ["192.0.2.1", "192.0.2.2", "2001:db8::1"];
const DELAYS = [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000];

Deno.test("AttemptLimiter: delays the next login after a failed one, up to 30 s", () => {
  assertEquals(new Fixture().attempts(DELAYS.length, A, "ana"), DELAYS);
  assertEquals(LIMITS.loginDelayMs, 30_000);
});

Deno.test("AttemptLimiter: counts the delay from the last failure", () => {
  const fixture = new Fixture();
  fixture.attempts(3, A, "ana");
  fixture.nowMs += 1_500;
  assertEquals(fixture.delayOf(A, "ana"), 2_500);
  fixture.nowMs += 2_499;
  assertEquals(fixture.delayOf(A, "ana"), 1);
  fixture.nowMs += 1;
  assertEquals(fixture.delayOf(A, "ana"), 0);
});

Deno.test("AttemptLimiter: counts the failures of an IPv6 network together", () => {
  const fixture = new Fixture();
  const delays = DELAYS.map((_, i) => fixture.attempt(`2001:db8:0:0:${i + 1}::${i}`, "ana"));
  assertEquals(delays, DELAYS);
  assertEquals(fixture.delayOf("2001:db8:0:1::", "bob"), 0);
});

Deno.test("AttemptLimiter: delays concurrent logins as if they came in turn", () => {
  const fixture = new Fixture();
  const all = Array.from({ length: 256 }, () => fixture.limiter.begin(A, "ana"));
  const delays = all.filter((attempt) => attempt !== null).map(({ waitMs }) => waitMs);
  assertEquals(delays, [0, 1_000, 3_000, 7_000, 15_000]);
  assertEquals(all.length - delays.length, 251);
  for (const attempt of all) attempt?.[Symbol.dispose]();
  assertEquals(fixture.delayOf(A, "ana"), 0); // None of them had an outcome
});

Deno.test("AttemptLimiter: refuses a login that would wait for more than 30 s", () => {
  const fixture = new Fixture();
  fixture.attempts(7, A, "ana");
  {
    using first = fixture.begin(A, "ana");
    assertEquals(first.waitMs, 30_000);
    assertEquals(fixture.delayOf(A, "ana"), null);
    fixture.nowMs += 29_999;
    assertEquals(fixture.delayOf(A, "ana"), null);
    fixture.nowMs += 1;
    assertEquals(fixture.delayOf(A, "ana"), 30_000);
  }
});

Deno.test("LoginAttempt: costs nothing and makes room when abandoned", () => {
  const fixture = new Fixture();
  fixture.attempts(3, A, "ana");
  for (let i = 0; i < 10; i++) assertEquals(fixture.delayOf(A, "ana"), 4_000);
  const attempt = fixture.begin(A, "ana");
  attempt[Symbol.dispose]();
  attempt[Symbol.dispose]();
  attempt.fail(); // The attempt is over
  assertEquals(fixture.delayOf(A, "ana"), 4_000);
});

Deno.test("LoginAttempt: counts the first outcome only", () => {
  const fixture = new Fixture();
  {
    using attempt = fixture.begin(A, "ana");
    attempt.fail();
    attempt.fail();
    attempt.succeed();
  }
  assertEquals(fixture.delayOf(A, "ana"), 1_000);
});

Deno.test("AttemptLimiter: forgets failures after 15 minutes without another", () => {
  const fixture = new Fixture();
  fixture.attempts(9, A, "ana");
  fixture.nowMs += LIMITS.loginMemoryMs - 1;
  fixture.attempt(A, "ana");
  assertEquals(fixture.delayOf(A, "ana"), 30_000);
  fixture.nowMs += LIMITS.loginMemoryMs;
  assertEquals(fixture.attempts(3, A, "ana"), [0, 1_000, 2_000]);
});

Deno.test("AttemptLimiter: clears the failures of a pair after a success", () => {
  const fixture = new Fixture();
  fixture.attempt(A, "ana", "succeed");
  fixture.attempts(4, A, "ana");
  assertEquals(fixture.attempt(A, "ana", "succeed"), 8_000);
  assertEquals(fixture.attempt(A, "ana"), 0);
});

Deno.test("AttemptLimiter: does not clear failures for a success at another account", () => {
  const fixture = new Fixture();
  fixture.attempts(3, A, "ana");
  fixture.attempt(A, "mallory", "succeed");
  assertEquals(fixture.attempts(2, A, "ana"), [4_000, 8_000]);
  fixture.attempt(A, "mallory", "succeed");
  assertEquals(fixture.delayOf(A, "ana"), 16_000);
});

Deno.test("AttemptLimiter: checks one login a second of an address with many failures", () => {
  const fixture = new Fixture();
  const free = LIMITS.addressFreeFailures;
  const delays = Array.from({ length: free + 3 }, (_, i) => fixture.attempt(A, `user${i}`));
  assertEquals(delays, [...Array(free).fill(0), 1_000, 1_000, 1_000]);
  assertEquals(fixture.delayOf(B, "user1"), 0);
});

Deno.test("AttemptLimiter: checks the right password within 30 s beside any guesses at others", () => {
  const fixture = new Fixture();
  for (let i = 0; i < LIMITS.addressFreeFailures; i++) fixture.attempt(A, `user${i}`);
  const guesses = Array.from({ length: 300 }, (_, i) => fixture.begin(A, `other${i}`));
  const delays = guesses.map(({ waitMs }) => waitMs);
  assertEquals(delays.slice(0, 3), [1_000, 2_000, 3_000]);
  assertEquals(Math.max(...delays), LIMITS.loginDelayMs);
  assertEquals(fixture.delayOf(A, "ana"), LIMITS.loginDelayMs);
  for (const guess of guesses) guess[Symbol.dispose]();
  assertEquals(fixture.attempt(A, "ana", "succeed"), 1_000);
});

/** Fails once from each of a number of addresses; returns how many proofs were checked. */
function guessFromMany(fixture: Fixture, count: number, user: string): number {
  let checked = 0;
  for (let i = 0; i < count; i++) {
    using attempt = fixture.limiter.begin(`2001:db8:${(i >> 8).toString(16)}:${i & 255}::`, user);
    if (attempt === null) continue;
    assertEquals(attempt.waitMs, 0);
    attempt.fail();
    checked++;
  }
  return checked;
}

Deno.test("AttemptLimiter: checks a limited number of guesses an hour from any number of addresses", () => {
  const fixture = new Fixture();
  assertEquals(guessFromMany(fixture, 5_000, "ana"), LIMITS.accountGuesses);
  let checked = 0;
  for (let minute = 0; minute < 60; minute++) {
    fixture.nowMs += 60_000;
    checked += guessFromMany(fixture, 100, "ana");
  }
  // The addresses that have failed five times have a second budget
  assert(checked >= 60 && checked <= 150, `${checked} guesses in an hour`);
  assertEquals(fixture.delayOf(B, "bob"), 0);
});

Deno.test("AttemptLimiter: checks the owner's login from a known address during such an attack", () => {
  const fixture = new Fixture();
  fixture.attempt(B, "ana", "succeed");
  guessFromMany(fixture, 1_000, "ana");
  assertEquals(fixture.delayOf(C, "ana"), null);
  assertEquals(fixture.attempt(B, "Ana", "succeed"), 0);
});

Deno.test("AttemptLimiter: checks the owner's login from a new address while a few addresses guess", () => {
  const fixture = new Fixture();
  for (let i = 0; i < 200; i++) {
    fixture.limiter.begin(A, "ana")?.[Symbol.dispose]();
    using attempt = fixture.limiter.begin(A, "ana");
    attempt?.fail();
    fixture.nowMs += 10_000;
  }
  assertEquals(fixture.attempt(B, "ana", "fail"), 0); // A typing error
  assertEquals(fixture.attempt(B, "ana", "succeed"), 1_000);
});

Deno.test("AttemptLimiter: spends a guess only for a wrong password", () => {
  const fixture = new Fixture();
  for (let i = 0; i < 2 * LIMITS.accountGuesses; i++) {
    assertEquals(fixture.attempt(`198.51.100.${i}`, "ana", "succeed"), 0);
    assertEquals(fixture.delayOf(`203.0.113.${i}`, "ana"), 0); // Abandoned
  }
});

Deno.test("AttemptLimiter: does not tell a known pair from a stranger by wrong passwords", () => {
  const outcomesOf = (isKnown: boolean) => {
    const fixture = new Fixture();
    if (isKnown) fixture.attempt(A, "ana", "succeed");
    for (let i = 0; i < LIMITS.accountGuesses; i++) fixture.attempt(`198.51.100.${i}`, "ana");
    return Array.from({ length: 300 }, () => {
      fixture.nowMs += 700;
      using attempt = fixture.limiter.begin(A, "ana");
      attempt?.fail();
      return attempt === null || attempt.looksRefused ? "refused" : attempt.waitMs;
    });
  };
  assertEquals(outcomesOf(true), outcomesOf(false));
});

Deno.test("AttemptLimiter: keeps maxRecords records, and drops the least recently touched", () => {
  const fixture = new Fixture(3);
  for (const address of ["a", "b", "c"]) fixture.attempt(address, "ana");
  assertEquals(fixture.delayOf("b", "ana"), 1_000);
  assertEquals(fixture.delayOf("a", "ana"), 1_000); // Both were touched after c
  fixture.attempt("d", "ana");
  assertEquals(fixture.delayOf("c", "ana"), 0);
  assertEquals(["a", "d"].map((address) => fixture.delayOf(address, "ana")), [1_000, 1_000]);
});

Deno.test("AttemptLimiter: counts a failure whose record was dropped before its outcome", () => {
  const fixture = new Fixture(2);
  using attempt = fixture.begin(A, "ana");
  for (const address of ["b", "c", "d"]) fixture.attempt(address, "ana");
  attempt.fail();
  assertEquals(fixture.delayOf(A, "ana"), 1_000);
});

Deno.test("AttemptLimiter: keeps loginRecords pairs", () => {
  const fixture = new Fixture();
  const count = LIMITS.loginRecords + 2;
  const addressOf = (i: number) => `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::`;
  for (let i = 0; i < count; i++) {
    using attempt = fixture.begin(addressOf(i), `u${i}`);
    attempt.fail();
  }
  const oldest = 2;
  assertEquals(fixture.delayOf(addressOf(oldest), `u${oldest}`), 1_000);
  assertEquals(fixture.delayOf(addressOf(oldest - 1), `u${oldest - 1}`), 0);
});
