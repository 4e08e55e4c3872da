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

Deno.test("AttemptLimiter: counts the failures of an address at all accounts", () => {
  const fixture = new Fixture();
  const delays = DELAYS.map((_, i) => fixture.attempt(A, `user${i}`));
  assertEquals(delays, DELAYS);
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
    assertEquals(fixture.delayOf(A, "bob"), null);
    fixture.nowMs += 1;
    assertEquals(fixture.delayOf(A, "bob"), 30_000);
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

Deno.test("AttemptLimiter: does not delay the owner of an account attacked from elsewhere", () => {
  const fixture = new Fixture();
  fixture.attempts(100, A, "ana");
  assertEquals(fixture.attempt(B, "Ana", "succeed"), 0);
  fixture.attempts(100, A, "ana");
  assertEquals(fixture.attempt(B, "ana", "succeed"), 0);
});

Deno.test("AttemptLimiter: does not delay a trusted pair for failures at other accounts", () => {
  const fixture = new Fixture();
  assertEquals(fixture.attempt(A, "ana", "succeed"), 0);
  fixture.attempts(20, A, "bob");
  assertEquals(fixture.delayOf(A, "carol"), 30_000);
  assertEquals(fixture.attempt(A, "ANA", "succeed"), 0);
});

Deno.test("AttemptLimiter: delays failures of a trusted pair like any other", () => {
  const fixture = new Fixture();
  fixture.attempt(A, "ana", "succeed");
  assertEquals(fixture.attempts(DELAYS.length, A, "ana"), DELAYS);
});

Deno.test("AttemptLimiter: does not clear failures for a success at another account", () => {
  const fixture = new Fixture();
  fixture.attempts(3, A, "ana");
  fixture.attempt(A, "mallory", "succeed");
  assertEquals(fixture.attempts(2, A, "ana"), [0, 8_000]); // The first delay passed during mallory's
  fixture.attempt(A, "mallory", "succeed");
  assertEquals(fixture.delayOf(A, "ana"), 16_000);
});

Deno.test("AttemptLimiter: clears the failures of a pair after a success", () => {
  const fixture = new Fixture();
  fixture.attempt(A, "ana", "succeed");
  fixture.attempts(4, A, "ana");
  assertEquals(fixture.attempt(A, "ana", "succeed"), 8_000);
  assertEquals(fixture.attempt(A, "ana"), 0);
});

Deno.test("AttemptLimiter: adds a penalty for failed addresses at an account under attack", () => {
  const fixture = new Fixture();
  const threshold = LIMITS.accountAttackFailures;
  fixture.attempts(threshold - 1, A, "ana");
  fixture.attempt(B, "other");
  assertEquals(fixture.delayOf(B, "ana"), 1_000);
  fixture.attempt(A, "ana");
  fixture.nowMs += 1_000;
  fixture.attempt(B, "other");
  assertEquals(fixture.delayOf(B, "ana"), 16_000); // Two failures count as five
  assertEquals(fixture.delayOf(B, "other"), 2_000);
  assertEquals(fixture.delayOf(C, "ana"), 0);
  fixture.nowMs += LIMITS.loginMemoryMs;
  fixture.attempt(B, "other");
  assertEquals(fixture.delayOf(B, "ana"), 1_000);
});

Deno.test("AttemptLimiter: does not delay a trusted pair for an account under attack", () => {
  const fixture = new Fixture();
  fixture.attempt(B, "ana", "succeed");
  fixture.attempts(50, A, "ana");
  assertEquals(fixture.attempts(4, B, "ana"), [0, 1_000, 2_000, 4_000]);
});

Deno.test("AttemptLimiter: delays an owner's typing errors under attack for less than 20 s", () => {
  const fixture = new Fixture();
  fixture.attempts(50, A, "ana");
  assertEquals(fixture.attempts(3, B, "ana"), [0, 8_000, 16_000]);
});

Deno.test("AttemptLimiter: counts the failures of all addresses towards an attack", () => {
  const fixture = new Fixture();
  for (let i = 0; i < LIMITS.accountAttackFailures; i++) fixture.attempt(`198.51.100.${i}`, "ana");
  assertEquals(fixture.delayOf("198.51.100.0", "ana"), 8_000);
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

Deno.test("AttemptLimiter: drops a record only for as many other addresses as it keeps records", () => {
  const fixture = new Fixture(100);
  fixture.attempts(7, A, "ana");
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 99; i++) {
      using attempt = fixture.begin(`198.51.100.${i}`, "ana");
      attempt.fail();
    }
    assertEquals(fixture.delayOf(A, "ana"), 30_000);
  }
  // Further names change nothing, and neither do successful logins
  for (let i = 0; i < 1_000; i++) fixture.attempt(B, `user${i}`, "succeed");
  assertEquals(fixture.delayOf(A, "ana"), 30_000);
});

Deno.test("AttemptLimiter: counts a failure whose record was dropped before its outcome", () => {
  const fixture = new Fixture(2);
  using attempt = fixture.begin(A, "ana");
  for (const address of ["b", "c", "d"]) fixture.attempt(address, "ana");
  attempt.fail();
  assertEquals(fixture.delayOf(A, "ana"), 1_000);
});

Deno.test("AttemptLimiter: bounds memory and time for 100,000 addresses and names", () => {
  const fixture = new Fixture();
  for (let i = 0; i < 100_000; i++) {
    using attempt = fixture.begin(
      `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::`,
      `u${i}`,
    );
    attempt.fail();
  }
  const maximum = LIMITS.loginRecords;
  const key = (i: number) => `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::`;
  assertEquals(fixture.delayOf(key(100_000 - maximum), "x"), 1_000);
  assertEquals(fixture.delayOf(key(100_000 - maximum - 2), "x"), 0);
});
