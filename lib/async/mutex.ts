/** A lock held by one caller at a time, granted in the order of the calls. */
export class Mutex {
  #last: Promise<void> = Promise.resolve();

  /** Waits for the lock. The caller must release it by calling the returned function. */
  async lock(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const previous = this.#last;
    this.#last = previous.then(() => promise);
    await previous;
    return resolve;
  }
}
