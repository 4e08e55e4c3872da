import { setImmediate } from "node:timers";

/** Resolves in the next turn of the event loop: what else is ready comes first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
