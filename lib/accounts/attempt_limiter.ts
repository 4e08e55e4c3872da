import { LIMITS } from "../protocol/limits.ts";
import { foldNick } from "../protocol/chat_names.ts";
import { networkKey } from "../stream/ip_address.ts";
import { type AttemptRecord, AttemptRecords, delayAfter } from "./attempt_records.ts";

/** While an account is besieged, one failed login counts for this many more. */
const ATTACK_FAILURES = 3;

/** How the limiter is set up. */
export interface AttemptLimiterOptions {
  /** Milliseconds that only rise. Default: those of `performance.now()`. */
  readonly now?: () => number;
  /** Records of each kind. Default: {@link LIMITS}. */
  readonly maxRecords?: number;
}

/**
 * Slows down whoever guesses passwords, and nobody else. Everything is in memory.
 *
 * - **An address** (of IPv6, its /64) that failed waits 1 s before its next login is looked at,
 *   then 2 s, 4 s, … 30 s, counted from the last failure. Logins that come meanwhile queue up, as
 *   if those before them had failed already; what would wait longer than 30 s is refused. So many
 *   connections at once guess no faster than one.
 * - **An account** that was tried in vain ten times, from wherever, is besieged: addresses that
 *   failed wait as if they had failed three times more. An address without a failure does not
 *   wait, so that nobody can lock an owner out; neither can a crowd of addresses make it wait.
 * - **A pair** of address and account that has logged in before is trusted: it waits for its own
 *   failures only. Whoever guesses from behind the same address as the owner does not hold them
 *   up, unless they guess at that very account, and nor does a siege.
 * - Failures are forgotten after 15 minutes without another one; a success makes up for those of
 *   its pair only: logging in to an account of one's own buys no guesses at others.
 * - Of each kind so many records are kept. The one touched the longest time ago makes room: to be
 *   rid of one's own takes failures from as many other addresses, all of them later.
 *
 * Names need not be those of accounts: nothing here tells which are.
 */
export class AttemptLimiter {
  readonly #now: () => number;
  readonly #addresses: AttemptRecords;
  readonly #accounts: AttemptRecords;
  readonly #trusted: AttemptRecords;

  /** Knows of no attempt yet. */
  constructor(
    { now = () => performance.now(), maxRecords = LIMITS.loginRecords }: AttemptLimiterOptions = {},
  ) {
    this.#now = now;
    this.#addresses = new AttemptRecords(maxRecords);
    this.#accounts = new AttemptRecords(maxRecords);
    this.#trusted = new AttemptRecords(maxRecords);
  }

  /**
   * Lets a login begin, or `null`: it is to be refused unseen. The caller waits as long as the
   * attempt says, then looks at the proof, tells the outcome, and disposes of the attempt in any
   * case. Where there is nothing to wait for it should do so without waiting for anything else.
   *
   * @param user in whatever case
   */
  begin(address: string, user: string): LoginAttempt | null {
    const nowMs = this.#now();
    const place = networkKey(address);
    const account = foldNick(user);
    const pair = `${place} ${account}`;
    const trusted = this.#trusted.find(pair, nowMs) !== null;
    const records = trusted ? this.#trusted : this.#addresses;
    const key = trusted ? pair : place;
    const record = records.touch(key, nowMs);
    const dueMs = dueOf(record, nowMs, trusted ? 0 : this.#penalty(account, nowMs));
    if (dueMs - nowMs > LIMITS.loginDelayMs) return null;
    record.pending++;
    record.dueMs = dueMs;
    return new LoginAttempt(dueMs - nowMs, {
      fail: () => {
        this.#fail(records.touch(key, this.#now()));
        this.#fail(this.#accounts.touch(account, this.#now()));
      },
      succeed: () => {
        this.#trusted.touch(pair, this.#now()).failures = 0;
      },
      end: () => {
        record.pending--;
        if (!trusted) records.tidy(key);
      },
    });
  }

  #fail(record: AttemptRecord): void {
    record.failures++;
    record.failedMs = this.#now();
  }

  #penalty(account: string, nowMs: number): number {
    const failures = this.#accounts.find(account, nowMs)?.failures ?? 0;
    return failures >= LIMITS.accountAttackFailures ? ATTACK_FAILURES : 0;
  }
}

/** When a login that comes now may be looked at. */
function dueOf(record: AttemptRecord, nowMs: number, handicap: number): number {
  const { failures, failedMs, pending, dueMs } = record;
  let due = nowMs;
  if (failures > 0) due = Math.max(due, failedMs + delayAfter(failures + handicap));
  if (pending > 0) due = Math.max(due, dueMs + delayAfter(failures + pending + handicap));
  return due;
}

interface Outcomes {
  fail(): void;
  succeed(): void;
  end(): void;
}

/** A login that the limiter let begin. Disposing of it without an outcome gives it up. */
export class LoginAttempt implements Disposable {
  readonly #outcomes: Outcomes;
  #isOpen = true;
  #isOver = false;

  /** @param waitMs how long to wait before looking at the proof; 0 for not at all */
  constructor(readonly waitMs: number, outcomes: Outcomes) {
    this.#outcomes = outcomes;
  }

  /** The proof was wrong. Only the first outcome counts. */
  fail(): void {
    if (this.#isOpen) this.#outcomes.fail();
    this.#isOpen = false;
  }

  /** The proof was right. Only the first outcome counts. */
  succeed(): void {
    if (this.#isOpen) this.#outcomes.succeed();
    this.#isOpen = false;
  }

  /** Makes room for the next. Repeated calls do nothing. */
  [Symbol.dispose](): void {
    if (!this.#isOver) this.#outcomes.end();
    this.#isOver = true;
    this.#isOpen = false;
  }
}
