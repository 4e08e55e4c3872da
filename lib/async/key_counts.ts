/** Counts by key. A key whose count is zero takes no memory. */
export class KeyCounts<K> {
  readonly #counts = new Map<K, number>();

  /** The count of a key. */
  of(key: K): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Adds one, or `by`. */
  increment(key: K, by = 1): void {
    this.#counts.set(key, this.of(key) + by);
  }

  /** Subtracts one; a count does not go below zero. */
  decrement(key: K): void {
    const count = this.of(key) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }

  /** Sets all counts to zero. */
  clear(): void {
    this.#counts.clear();
  }
}
