/** Limits how many tasks run at a time; further tasks wait in order. */
export class Semaphore {
  #free: number;
  readonly #waiting: Array<() => void> = [];

  /** @param permits the largest number of tasks at a time */
  constructor(permits: number) {
    this.#free = permits;
  }

  /** Runs `work` once a permit is free. Rethrows its errors. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next(); // The permit passes to the longest waiter
    }
  }
}
