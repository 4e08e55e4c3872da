import { ConnectionError } from "../protocol/errors.ts";
import type { Client } from "./client.ts";

/** Consecutive attempts without progress that are repeated. */
const MAX_FUTILE_ATTEMPTS = 3;

/** Provides a client, and another one when its connection is lost. */
export interface ClientProvider {
  /**
   * Runs `work`, and runs it again with the next client when the connection is lost.
   *
   * @param progress how far the work has got, in any unit
   * @throws what `work` throws; the {@link ConnectionError} of the loss when connecting again fails
   */
  run<T>(work: (client: Client) => Promise<T>, progress: () => number): Promise<T>;
}

/** Counts the attempts at some work that made no progress. */
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
    return this.#futile <= MAX_FUTILE_ATTEMPTS;
  }
}
