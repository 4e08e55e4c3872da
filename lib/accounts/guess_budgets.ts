import { BoundedMap } from "../async/bounded_map.ts";
import { LIMITS } from "../protocol/limits.ts";

/** What was taken from a budget, at a time. */
interface Spending {
  readonly guesses: number;
  readonly atMs: number;
}

/**
 * Budgets of guesses by key: `accountGuesses` at once, and one more each `accountGuessMs`. The
 * number of budgets is limited: a new one drops the least recently used.
 */
export class GuessBudgets {
  readonly #spendings: BoundedMap<string, Spending>;

  /** @param maxBudgets the largest number of budgets that are not full */
  constructor(maxBudgets: number) {
    this.#spendings = new BoundedMap(maxBudgets);
  }

  /** Takes a guess from a budget; `false` if none is left. */
  take(key: string, nowMs: number): boolean {
    const spent = this.#spentOf(key, nowMs);
    const isLeft = spent + 1 <= LIMITS.accountGuesses;
    this.#spendings.set(key, { guesses: isLeft ? spent + 1 : spent, atMs: nowMs });
    return isLeft;
  }

  /** Gives a guess back that `take` took. */
  giveBack(key: string, nowMs: number): void {
    const guesses = this.#spentOf(key, nowMs) - 1;
    if (guesses > 0) this.#spendings.set(key, { guesses, atMs: nowMs });
    else this.#spendings.delete(key);
  }

  #spentOf(key: string, nowMs: number): number {
    const spending = this.#spendings.get(key);
    if (spending === undefined) return 0;
    const regained = (nowMs - spending.atMs) / LIMITS.accountGuessMs;
    return Math.max(0, spending.guesses - regained);
  }
}
