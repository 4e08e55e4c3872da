/** A condition to wait for. It keeps no state: a wait that begins after `notifyAll` lasts until the next. */
export class Condition {
  #waiters: PromiseWithResolvers<void> | null = null;

  /** Resolves at the next `notifyAll`. */
  wait(): Promise<void> {
    this.#waiters ??= Promise.withResolvers<void>();
    return this.#waiters.promise;
  }

  /** Resolves all pending waits. */
  notifyAll(): void {
    this.#waiters?.resolve();
    this.#waiters = null;
  }
}
