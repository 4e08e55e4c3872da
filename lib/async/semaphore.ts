/** Lets at most so many in at once; the others wait in their order. */
export class Semaphore {
  #free: number;
  readonly #waiting: Array<() => void> = [];

  /** @param places how many may be in at once */
  constructor(places: number) {
    this.#free = places;
  }

  /** Runs `work` when there is a place for it. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next(); // The place goes straight to whoever waited longest
    }
  }
}
