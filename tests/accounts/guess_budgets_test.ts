import { assertEquals } from "@std/assert";
import { GuessBudgets } from "../../lib/accounts/guess_budgets.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

const { accountGuesses: GUESSES, accountGuessMs: GUESS_MS } = LIMITS;

/** How many guesses a budget gives at once. */
function takeAll(budgets: GuessBudgets, key: string, nowMs: number): number {
  let count = 0;
  while (budgets.take(key, nowMs)) count++;
  return count;
}

Deno.test("GuessBudgets.take: gives accountGuesses at once, then one each accountGuessMs", () => {
  const budgets = new GuessBudgets(10);
  assertEquals(takeAll(budgets, "ana", 0), GUESSES);
  assertEquals(budgets.take("ana", GUESS_MS - 1), false);
  assertEquals(takeAll(budgets, "ana", GUESS_MS), 1);
  assertEquals(takeAll(budgets, "ana", 4 * GUESS_MS), 3);
  assertEquals(takeAll(budgets, "ana", 1_000 * GUESS_MS), GUESSES);
  assertEquals(takeAll(budgets, "bob", 0), GUESSES);
});

Deno.test("GuessBudgets.giveBack: returns a guess, and never more than were taken", () => {
  const budgets = new GuessBudgets(10);
  takeAll(budgets, "ana", 0);
  budgets.giveBack("ana", 0);
  assertEquals(takeAll(budgets, "ana", 0), 1);
  budgets.giveBack("bob", 0);
  assertEquals(takeAll(budgets, "bob", 0), GUESSES);
});

Deno.test("GuessBudgets: keeps a limited number of budgets, and drops the least recently used", () => {
  const budgets = new GuessBudgets(2);
  for (const key of ["a", "b", "a", "c"]) takeAll(budgets, key, 0);
  assertEquals(["a", "c"].map((key) => takeAll(budgets, key, 0)), [0, 0]);
  assertEquals(takeAll(budgets, "b", 0), GUESSES);
});
