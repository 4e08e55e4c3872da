/** Lets the uploads of one connection send their data one after the other, in their order. */
export class Mutex {
  #last: Promise<void> = Promise.resolve();

  /** Takes the next turn. Resolves when it has come; what it returns ends it, and must be called. */
  async lock(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = before.then(() => promise);
    await before;
    return resolve;
  }
}
