/** Functions that are called when something happens. They must not throw. */
export class Listeners<Arguments extends readonly unknown[] = []> {
  readonly #listeners = new Set<(...args: Arguments) => void>();

  /** Calls `listener` from now on. Disposal of the result ends that. */
  add(listener: (...args: Arguments) => void): Disposable {
    const added = (...args: Arguments) => listener(...args);
    this.#listeners.add(added);
    return { [Symbol.dispose]: () => this.#listeners.delete(added) };
  }

  /** Calls all, in the order in which they were added. */
  tell(...args: Arguments): void {
    for (const listener of [...this.#listeners]) listener(...args);
  }
}
