import { foldNick } from "../protocol/chat_names.ts";
import { LIMITS } from "../protocol/limits.ts";
import { networkKey } from "../stream/ip_address.ts";
import { type AttemptRecord, AttemptRecords, delayAfter } from "./attempt_records.ts";

/** Failures that count in addition while the account is under attack. */
const ATTACK_FAILURES = 3;

/** Options of an {@link AttemptLimiter}. */
export interface AttemptLimiterOptions {
  /** A monotonic clock in milliseconds. Default: `performance.now()`. */
  readonly now?: () => number;
  /** Records of each kind. Default: {@link LIMITS}. */
  readonly maxRecords?: number;
}

/**
 * Delays logins after failed ones, so that guessing passwords is slow. Everything is in memory.
 *
 * - **An address** (its /64 for IPv6) with a failed login waits 1 s before its next login is
 *   checked, then 2 s, 4 s, … 30 s, counted from the last failure. Further logins queue up as if
 *   the logins before them had failed; a wait of more than 30 s is refused. So many connections at
 *   once guess no faster than a single connection.
 * - **An account** with ten failed logins, from any address, is under attack: addresses with
 *   failures wait as if they had failed three times more. An address without failures does not
 *   wait, so an attack, even from many addresses, cannot lock the owner out.
 * - **A pair** of address and account that has logged in before is trusted: it waits for its own
 *   failures only. Guesses at other accounts from the owner's address do not delay the owner, and
 *   neither does an attack on the account from elsewhere.
 * - Failures are forgotten after 15 minutes without another. A success clears those of its pair
 *   only: logging in to an account of its own buys an attacker no guesses at others.
 * - The number of records of each kind is limited; a new record drops the least recently touched.
 *   To drop its own record, an attacker needs failures from as many other addresses.
 *
 * Names need not belong to accounts: the limiter does not reveal which do.
 */
export class AttemptLimiter {
  readonly #now: () => number;
  readonly #addresses: AttemptRecords;
  readonly #accounts: AttemptRecords;
  readonly #trusted: AttemptRecords;

  /** Starts without records. */
  constructor(
    { now = () => performance.now(), maxRecords = LIMITS.loginRecords }: AttemptLimiterOptions = {},
  ) {
    this.#now = now;
    this.#addresses = new AttemptRecords(maxRecords);
    this.#accounts = new AttemptRecords(maxRecords);
    this.#trusted = new AttemptRecords(maxRecords);
  }

  /**
   * Begins a login; `null` if it is to be refused without checking it. The caller waits for
   * `waitMs`, checks the proof, reports the outcome, and disposes of the attempt in every case.
   * With a `waitMs` of 0, it does all that without another wait.
   *
   * @param user in any case
   */
  begin(address: string, user: string): LoginAttempt | null {
    const nowMs = this.#now();
    const network = networkKey(address);
    const account = foldNick(user);
    const pair = `${network} ${account}`;
    const trusted = this.#trusted.find(pair, nowMs) !== null;
    const records = trusted ? this.#trusted : this.#addresses;
    const key = trusted ? pair : network;
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
        if (!trusted) records.deleteIfEmpty(key);
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

/** The time at which a login that begins now may be checked. */
function dueOf(record: AttemptRecord, nowMs: number, penalty: number): number {
  const { failures, failedMs, pending, dueMs } = record;
  let due = nowMs;
  if (failures > 0) due = Math.max(due, failedMs + delayAfter(failures + penalty));
  if (pending > 0) due = Math.max(due, dueMs + delayAfter(failures + pending + penalty));
  return due;
}

interface Outcomes {
  fail(): void;
  succeed(): void;
  end(): void;
}

/** A login that the limiter has begun. Disposing of it without an outcome abandons it. */
export class LoginAttempt implements Disposable {
  readonly #outcomes: Outcomes;
  #isOpen = true;
  #isOver = false;

  /** @param waitMs the time to wait before checking the proof */
  constructor(readonly waitMs: number, outcomes: Outcomes) {
    this.#outcomes = outcomes;
  }

  /** Reports a wrong proof. Only the first outcome counts. */
  fail(): void {
    if (this.#isOpen) this.#outcomes.fail();
    this.#isOpen = false;
  }

  /** Reports a correct proof. Only the first outcome counts. */
  succeed(): void {
    if (this.#isOpen) this.#outcomes.succeed();
    this.#isOpen = false;
  }

  /** Ends the attempt. Repeated calls do nothing. */
  [Symbol.dispose](): void {
    if (!this.#isOver) this.#outcomes.end();
    this.#isOver = true;
    this.#isOpen = false;
  }
}
