/**
 * The numbers of connections, from 1. A number that was given back is the next one again, so that what
 * turns out to be no client uses none up.
 */
export class ConnectionNumbers {
  #last = 0;
  /** At most as many as there were connections at once. */
  readonly #free = new Set<number>();

  /** The smallest number that nothing has had for good. */
  take(): number {
    if (this.#free.size === 0) return ++this.#last;
    const number = Math.min(...this.#free);
    this.#free.delete(number);
    return number;
  }

  /** Gives back a number under which nothing was told. */
  giveBack(number: number): void {
    this.#free.add(number);
  }
}
