/**
 * A gate that waiters stand at until it opens. It closes behind them at once: a later wait lasts
 * until the next opening.
 */
export class Latch {
  #waiters: PromiseWithResolvers<void> | null = null;

  /** Resolves at the next `open`. */
  wait(): Promise<void> {
    this.#waiters ??= Promise.withResolvers<void>();
    return this.#waiters.promise;
  }

  /** Resolves every wait that has begun. */
  open(): void {
    this.#waiters?.resolve();
    this.#waiters = null;
  }
}
