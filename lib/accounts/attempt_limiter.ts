import { BoundedMap } from "../async/bounded_map.ts";
import { foldNick } from "../protocol/chat_names.ts";
import { LIMITS } from "../protocol/limits.ts";
import { networkKey } from "../stream/ip_address.ts";
import { type AttemptRecord, AttemptRecords, delayAfter } from "./attempt_records.ts";
import { GuessBudgets } from "./guess_budgets.ts";
import type { KnownPairs } from "./known_logins.ts";

/** Options of an {@link AttemptLimiter}. */
export interface AttemptLimiterOptions {
  /** A monotonic clock in milliseconds. Default: `performance.now()`. */
  readonly now?: () => number;
  /** Records of each kind. Default: {@link LIMITS}. */
  readonly maxRecords?: number;
  /** The pairs that have logged in. Default: none, and they are kept in memory. */
  readonly known?: KnownPairs;
}

/** Called with the network and the folded account of each failed login here. Must not throw. */
export type FailureListener = (network: string, account: string) => void;

/**
 * Delays logins after failed ones, so that guessing passwords is slow. All but the pairs that have logged in is in
 * memory.
 *
 * - **A pair** of address (its /64 for IPv6) and account with a failed login waits 1 s before its
 *   next login is checked, then 2 s, 4 s, … 30 s, counted from the last failure. Further logins
 *   queue up as if the logins before them had failed; a wait of more than 30 s is refused. So many
 *   connections at once guess no faster than a single connection.
 * - **An address** with 20 failed logins, whatever the accounts, has its logins checked one a
 *   second. No login waits more than 30 s for this, and none is refused for it: behind a shared
 *   address the right password gets in beside any number of wrong ones for other accounts.
 * - **An account** has a budget of guesses by pairs that have not logged in before; without budget,
 *   these are refused. Addresses with a few failures have a budget of their own, so a guesser at a
 *   few addresses does not spend that of the owner at another. A pair that has logged in before is
 *   checked nonetheless: no number of addresses locks the owner out of a known one. If it is wrong,
 *   it looks refused, so that it does not tell that the account exists.
 * - Failures are forgotten after 15 minutes without another. A success clears those of its pair
 *   only: logging in to an account of its own buys an attacker no guesses at others.
 * - The number of records of each kind is limited; a new record drops the least recently touched.
 *
 * Names need not belong to accounts: the limiter does not reveal which do.
 */
export class AttemptLimiter {
  readonly #now: () => number;
  readonly #pairs: AttemptRecords;
  readonly #addresses: AttemptRecords;
  readonly #budgets: GuessBudgets;
  /** The pairs that have logged in. */
  readonly #known: KnownPairs;
  #tellFailure: FailureListener = () => {};

  /** Starts without records. */
  constructor(options: AttemptLimiterOptions = {}) {
    const { now = () => performance.now(), maxRecords = LIMITS.loginRecords } = options;
    this.#now = now;
    this.#pairs = new AttemptRecords(maxRecords);
    this.#addresses = new AttemptRecords(maxRecords);
    this.#budgets = new GuessBudgets(maxRecords);
    this.#known = options.known ?? pairsInMemory(maxRecords);
  }

  /** Tells the failures of this server, so that others can {@link hear} them. Disposal ends that. */
  onFailure(listener: FailureListener): Disposable {
    this.#tellFailure = listener;
    return { [Symbol.dispose]: () => this.#tellFailure = () => {} };
  }

  /** A login has failed at another server of the cluster: it counts as if it had failed here. */
  hear(network: string, account: string): void {
    const nowMs = this.#now();
    const origin = this.#addresses.find(network, nowMs);
    this.#budgets.take(budgetOf(account, origin), nowMs);
    this.#fail(this.#pairs, `${network} ${account}`);
    this.#fail(this.#addresses, network);
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
    const pairDueMs = dueOf(this.#pairs.find(pair, nowMs), nowMs, delayAfter);
    if (pairDueMs - nowMs > LIMITS.loginDelayMs) return null;
    const origin = this.#addresses.find(network, nowMs);
    const budget = budgetOf(account, origin);
    if (!this.#budgets.take(budget, nowMs)) return this.#beginWithoutBudget(pair, pairDueMs, nowMs);
    const originDueMs = Math.min(dueOf(origin, nowMs, originDelay), nowMs + LIMITS.loginDelayMs);
    const dueMs = Math.max(pairDueMs, originDueMs);
    const records = [
      pend(this.#pairs, pair, nowMs, dueMs),
      pend(this.#addresses, network, nowMs, originDueMs),
    ];
    return new LoginAttempt(dueMs - nowMs, false, {
      fail: () => {
        this.#fail(this.#pairs, pair);
        this.#fail(this.#addresses, network);
        this.#tellFailure(network, account);
      },
      succeed: () => this.#succeed(pair),
      end: (isFailed) => {
        for (const record of records) record[Symbol.dispose]();
        if (!isFailed) this.#budgets.giveBack(budget, this.#now());
      },
    });
  }

  /** Refuses a stranger, and a known pair with a wrong proof, alike. */
  #beginWithoutBudget(pair: string, dueMs: number, nowMs: number): LoginAttempt | null {
    if (dueMs > nowMs) return null;
    if (!this.#known.has(pair)) {
      this.#fail(this.#pairs, pair);
      return null;
    }
    return new LoginAttempt(0, true, {
      fail: () => this.#fail(this.#pairs, pair),
      succeed: () => this.#succeed(pair),
      end: () => {},
    });
  }

  #succeed(pair: string): void {
    this.#pairs.touch(pair, this.#now()).failures = 0;
    this.#pairs.deleteIfEmpty(pair);
    this.#known.add(pair);
  }

  #fail(records: AttemptRecords, key: string): void {
    const record = records.touch(key, this.#now());
    record.failures++;
    record.failedMs = this.#now();
  }
}

/** The budget that guesses at an account come from. @param origin the record of their address */
function budgetOf(account: string, origin: AttemptRecord | null): string {
  const isSuspect = (origin?.failures ?? 0) >= LIMITS.failedLogins;
  return isSuspect ? `suspect ${account}` : account;
}

function pairsInMemory(maxRecords: number): KnownPairs {
  const pairs = new BoundedMap<string, true>(maxRecords);
  return { has: (pair) => pairs.get(pair) !== undefined, add: (pair) => pairs.set(pair, true) };
}

/** The time at which a login that begins now may be checked. */
function dueOf(
  record: AttemptRecord | null,
  nowMs: number,
  delayOf: (failures: number) => number,
): number {
  if (record === null) return nowMs;
  const { failures, failedMs, pending, dueMs } = record;
  let due = nowMs;
  if (failures > 0) due = Math.max(due, failedMs + delayOf(failures));
  if (pending > 0) due = Math.max(due, dueMs + delayOf(failures + pending));
  return due;
}

/** The wait of the next login from an address after that many failures. */
function originDelay(failures: number): number {
  return failures >= LIMITS.addressFreeFailures ? LIMITS.addressLoginMs : 0;
}

/** Counts a pending login in the record of a key. */
function pend(records: AttemptRecords, key: string, nowMs: number, dueMs: number): Disposable {
  const record = records.touch(key, nowMs);
  record.pending++;
  record.dueMs = dueMs;
  return {
    [Symbol.dispose]: () => {
      record.pending--;
      records.deleteIfEmpty(key);
    },
  };
}

interface Outcomes {
  fail(): void;
  succeed(): void;
  end(isFailed: boolean): void;
}

/** A login that the limiter has begun. Disposing of it without an outcome abandons it. */
export class LoginAttempt implements Disposable {
  readonly #outcomes: Outcomes;
  #isOpen = true;
  #isOver = false;
  #isFailed = false;

  /**
   * @param waitMs the time to wait before checking the proof
   * @param looksRefused whether a wrong proof is answered as if the login had been refused
   */
  constructor(readonly waitMs: number, readonly looksRefused: boolean, outcomes: Outcomes) {
    this.#outcomes = outcomes;
  }

  /** Reports a wrong proof. Only the first outcome counts. */
  fail(): void {
    if (this.#isOpen) {
      this.#isFailed = true;
      this.#outcomes.fail();
    }
    this.#isOpen = false;
  }

  /** Reports a correct proof. Only the first outcome counts. */
  succeed(): void {
    if (this.#isOpen) this.#outcomes.succeed();
    this.#isOpen = false;
  }

  /** Ends the attempt. Repeated calls do nothing. */
  [Symbol.dispose](): void {
    if (!this.#isOver) this.#outcomes.end(this.#isFailed);
    this.#isOver = true;
    this.#isOpen = false;
  }
}
