import { ConnectionError } from "../protocol/errors.ts";
import type { Client } from "./client.ts";

/** Consecutive attempts without progress that are repeated. */
const MAX_FUTILE_ATTEMPTS = 3;

/** Provides a client, and another one when its connection is lost. */
export interface ClientProvider<C = Client> {
  /**
   * Runs `work`, and runs it again with the next client when the connection is lost.
   *
   * @param progress how far the work has got, in any unit
   * @throws what `work` throws; the {@link ConnectionError} of the loss when connecting again fails
   */
  run<T>(work: (client: C) => Promise<T>, progress: () => number): Promise<T>;
}

/** The clients that {@link runWithClients} goes through. */
export interface ClientSource<C> {
  /** Resolves to the current client. */
  current(): Promise<C>;
  /**
   * Resolves when the next attempt may begin, after one that failed with `error`.
   *
   * @param hasProgressed whether the work has got further than ever before
   */
  afterLoss(client: C, error: unknown, hasProgressed: boolean): Promise<void>;
  /** Ends the attempts. */
  readonly signal: AbortSignal | undefined;
}

/** Runs `work` as {@link ClientProvider.run} does, with the clients of a source. */
export async function runWithClients<C, T>(
  { current, afterLoss, signal }: ClientSource<C>,
  work: (client: C) => Promise<T>,
  progress: () => number,
): Promise<T> {
  const budget = new RetryBudget(progress);
  for (;;) {
    const client = await current();
    try {
      return await work(client);
    } catch (error) {
      if (signal?.aborted || !budget.isWorthAnother(error)) throw error;
      await afterLoss(client, error, budget.hasProgressed);
    }
  }
}

/** Counts the attempts at some work that made no progress. */
class RetryBudget {
  readonly #progress: () => number;
  #furthest: number;
  #futile = 0;

  /** @param progress how far the work has got, in any unit */
  constructor(progress: () => number) {
    this.#progress = progress;
    this.#furthest = progress();
  }

  /** Whether the last attempt has got further than those before. */
  get hasProgressed(): boolean {
    return this.#futile === 0;
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
