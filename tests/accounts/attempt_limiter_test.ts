import { assert, assertEquals } from "@std/assert";
import { AttemptLimiter, type LoginAttempt } from "../../lib/accounts/attempt_limiter.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

/** A limiter whose time passes when the test says so. */
class Scene {
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
  assertEquals(new Scene().attempts(DELAYS.length, A, "ana"), DELAYS);
  assertEquals(LIMITS.loginDelayMs, 30_000);
});

Deno.test("the wait counts from the last failure", () => {
  const scene = new Scene();
  scene.attempts(3, A, "ana");
  scene.nowMs += 1_500;
  assertEquals(scene.waitFor(A, "ana"), 2_500);
  scene.nowMs += 2_499;
  assertEquals(scene.waitFor(A, "ana"), 1);
  scene.nowMs += 1;
  assertEquals(scene.waitFor(A, "ana"), 0);
});

Deno.test("it is all the same which accounts an address fails at", () => {
  const scene = new Scene();
  const waits = DELAYS.map((_, i) => scene.attempt(A, `user${i}`));
  assertEquals(waits, DELAYS);
});

Deno.test("an IPv6 address waits for what its network did", () => {
  const scene = new Scene();
  const waits = DELAYS.map((_, i) => scene.attempt(`2001:db8:0:0:${i + 1}::${i}`, "ana"));
  assertEquals(waits, DELAYS);
  assertEquals(scene.waitFor("2001:db8:0:1::", "bob"), 0);
});

Deno.test("many logins at once from one address are looked at as slowly as one by one", () => {
  const scene = new Scene();
  const all = Array.from({ length: 256 }, () => scene.limiter.begin(A, "ana"));
  const waits = all.filter((attempt) => attempt !== null).map(({ waitMs }) => waitMs);
  assertEquals(waits, [0, 1_000, 3_000, 7_000, 15_000]);
  assertEquals(all.length - waits.length, 251);
  for (const attempt of all) attempt?.[Symbol.dispose]();
  assertEquals(scene.waitFor(A, "ana"), 0); // None of them came to anything
});

Deno.test("what would wait for longer than 30 s is refused, what waits for just that is not", () => {
  const scene = new Scene();
  scene.attempts(7, A, "ana");
  {
    using first = scene.begin(A, "ana");
    assertEquals(first.waitMs, 30_000);
    assertEquals(scene.waitFor(A, "ana"), null);
    scene.nowMs += 29_999;
    assertEquals(scene.waitFor(A, "bob"), null);
    scene.nowMs += 1;
    assertEquals(scene.waitFor(A, "bob"), 30_000);
  }
});

Deno.test("giving up costs nothing, and makes room", () => {
  const scene = new Scene();
  scene.attempts(3, A, "ana");
  for (let i = 0; i < 10; i++) assertEquals(scene.waitFor(A, "ana"), 4_000);
  const attempt = scene.begin(A, "ana");
  attempt[Symbol.dispose]();
  attempt[Symbol.dispose]();
  attempt.fail(); // Too late
  assertEquals(scene.waitFor(A, "ana"), 4_000);
});

Deno.test("only the first outcome counts", () => {
  const scene = new Scene();
  {
    using attempt = scene.begin(A, "ana");
    attempt.fail();
    attempt.fail();
    attempt.succeed();
  }
  assertEquals(scene.waitFor(A, "ana"), 1_000);
});

Deno.test("failures are forgotten after 15 minutes without another one", () => {
  const scene = new Scene();
  scene.attempts(9, A, "ana");
  scene.nowMs += LIMITS.loginMemoryMs - 1;
  scene.attempt(A, "ana");
  assertEquals(scene.waitFor(A, "ana"), 30_000);
  scene.nowMs += LIMITS.loginMemoryMs;
  assertEquals(scene.attempts(3, A, "ana"), [0, 1_000, 2_000]);
});

Deno.test("whoever hammers an account does not keep its owner waiting elsewhere", () => {
  const scene = new Scene();
  scene.attempts(100, A, "ana");
  assertEquals(scene.attempt(B, "Ana", "succeed"), 0);
  scene.attempts(100, A, "ana");
  assertEquals(scene.attempt(B, "ana", "succeed"), 0);
});

Deno.test("whoever hammers other accounts does not hold up who logged in from there before", () => {
  const scene = new Scene();
  assertEquals(scene.attempt(A, "ana", "succeed"), 0);
  scene.attempts(20, A, "bob");
  assertEquals(scene.waitFor(A, "carol"), 30_000);
  assertEquals(scene.attempt(A, "ANA", "succeed"), 0);
});

Deno.test("to have logged in does not allow to guess any faster", () => {
  const scene = new Scene();
  scene.attempt(A, "ana", "succeed");
  assertEquals(scene.attempts(DELAYS.length, A, "ana"), DELAYS);
});

Deno.test("an account of one's own buys no guesses at others", () => {
  const scene = new Scene();
  scene.attempts(3, A, "ana");
  scene.attempt(A, "mallory", "succeed");
  assertEquals(scene.attempts(2, A, "ana"), [0, 8_000]); // The first while mallory's waited
  scene.attempt(A, "mallory", "succeed");
  assertEquals(scene.waitFor(A, "ana"), 16_000);
});

Deno.test("a success makes up for the failures of its pair", () => {
  const scene = new Scene();
  scene.attempt(A, "ana", "succeed");
  scene.attempts(4, A, "ana");
  assertEquals(scene.attempt(A, "ana", "succeed"), 8_000);
  assertEquals(scene.attempt(A, "ana"), 0);
});

Deno.test("a besieged account makes those wait longer who have failed, and nobody else", () => {
  const scene = new Scene();
  const siege = LIMITS.loginSiege;
  scene.attempts(siege - 1, A, "ana");
  scene.attempt(B, "other");
  assertEquals(scene.waitFor(B, "ana"), 1_000);
  scene.attempt(A, "ana");
  scene.nowMs += 1_000;
  scene.attempt(B, "other");
  assertEquals(scene.waitFor(B, "ana"), 16_000); // Two failures count as five
  assertEquals(scene.waitFor(B, "other"), 2_000);
  assertEquals(scene.waitFor(C, "ana"), 0);
  scene.nowMs += LIMITS.loginMemoryMs;
  scene.attempt(B, "other");
  assertEquals(scene.waitFor(B, "ana"), 1_000);
});

Deno.test("a siege does not hold up whoever has logged in from there before", () => {
  const scene = new Scene();
  scene.attempt(B, "ana", "succeed");
  scene.attempts(50, A, "ana");
  assertEquals(scene.attempts(4, B, "ana"), [0, 1_000, 2_000, 4_000]);
});

Deno.test("an owner who mistypes under siege waits for less than 20 s", () => {
  const scene = new Scene();
  scene.attempts(50, A, "ana");
  assertEquals(scene.attempts(3, B, "ana"), [0, 8_000, 16_000]);
});

Deno.test("the siege of an account is laid by all addresses together", () => {
  const scene = new Scene();
  for (let i = 0; i < LIMITS.loginSiege; i++) scene.attempt(`198.51.100.${i}`, "ana");
  assertEquals(scene.waitFor("198.51.100.0", "ana"), 8_000);
});

Deno.test("as many records are kept as it says, and the oldest makes room", () => {
  const scene = new Scene(3);
  for (const address of ["a", "b", "c"]) scene.attempt(address, "ana");
  assertEquals(scene.waitFor("b", "ana"), 1_000);
  assertEquals(scene.waitFor("a", "ana"), 1_000); // Both were looked at after c
  scene.attempt("d", "ana");
  assertEquals(scene.waitFor("c", "ana"), 0);
  assertEquals(["a", "d"].map((address) => scene.waitFor(address, "ana")), [1_000, 1_000]);
});

Deno.test("to be rid of one's record takes as many other addresses as there are records", () => {
  const scene = new Scene(100);
  scene.attempts(7, A, "ana");
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 99; i++) {
      using attempt = scene.begin(`198.51.100.${i}`, "ana");
      attempt.fail();
    }
    assertEquals(scene.waitFor(A, "ana"), 30_000);
  }
  // More names change nothing, and neither do logins that go well
  for (let i = 0; i < 1_000; i++) scene.attempt(B, `user${i}`, "succeed");
  assertEquals(scene.waitFor(A, "ana"), 30_000);
});

Deno.test("a failure whose record made room meanwhile counts all the same", () => {
  const scene = new Scene(2);
  using attempt = scene.begin(A, "ana");
  for (const address of ["b", "c", "d"]) scene.attempt(address, "ana");
  attempt.fail();
  assertEquals(scene.waitFor(A, "ana"), 1_000);
});

Deno.test("a hundred thousand addresses and names take bounded memory and little time", () => {
  const scene = new Scene();
  for (let i = 0; i < 100_000; i++) {
    using attempt = scene.begin(
      `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::`,
      `u${i}`,
    );
    attempt.fail();
  }
  const most = LIMITS.loginRecords;
  const key = (i: number) => `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::`;
  assertEquals(scene.waitFor(key(100_000 - most), "x"), 1_000);
  assertEquals(scene.waitFor(key(100_000 - most - 2), "x"), 0);
});
