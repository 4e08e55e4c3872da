/** A lock for each key, granted in the order of the calls. A key that is free takes no memory. */
export class KeyedMutex<K> {
  readonly #last = new Map<K, Promise<void>>();

  /** Runs `work` once all work that was given before for the same key has ended. */
  async run<T>(key: K, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const ended = turn.then(() => {}, () => {});
    this.#last.set(key, ended);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    }
  }
}
