/** A condition to wait for. It resets as it opens: a later wait lasts until the next `open`. */
export class Latch {
  #waiters: PromiseWithResolvers<void> | null = null;

  /** Resolves at the next `open`. */
  wait(): Promise<void> {
    this.#waiters ??= Promise.withResolvers<void>();
    return this.#waiters.promise;
  }

  /** Resolves all pending waits. */
  open(): void {
    this.#waiters?.resolve();
    this.#waiters = null;
  }
}
