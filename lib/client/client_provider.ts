import { ConnectionError } from "../protocol/errors.ts";
import type { Client } from "./client.ts";

/** How often work is tried again that gets no further. */
const FUTILE_TRIES = 3;

/** Somebody who has a client, and another one when the connection of that is lost. */
export interface ClientProvider {
  /**
   * Does `work`, again where the connection is lost in the middle.
   *
   * @param progress how far the work has got, in any unit
   * @throws what `work` throws; the {@link ConnectionError} of the loss, where there is no way back
   */
  run<T>(work: (client: Client) => Promise<T>, progress: () => number): Promise<T>;
}

/** Counts the tries of some work that got no further than those before. */
export class RetryBudget {
  readonly #progress: () => number;
  #furthest: number;
  #futile = 0;

  /** @param progress how far the work has got, in any unit */
  constructor(progress: () => number) {
    this.#progress = progress;
    this.#furthest = progress();
  }

  /** Whether to try again after an error. */
  isWorthAnother(error: unknown): boolean {
    if (!(error instanceof ConnectionError)) return false;
    const progress = this.#progress();
    this.#futile = progress > this.#furthest ? 0 : this.#futile + 1;
    this.#furthest = Math.max(this.#furthest, progress);
    return this.#futile <= FUTILE_TRIES;
  }
}
