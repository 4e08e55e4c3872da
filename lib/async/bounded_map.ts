/** A map with a limited number of entries: a new entry drops the one that was set first. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #maxSize: number;

  /** @param maxSize the largest number of entries, at least 1 */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** The number of entries. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, or `undefined`. */
  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** The entries, the oldest first. */
  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries();
  }

  /** Sets a value, which becomes the newest entry. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxSize) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(key, value);
  }

  /** Removes an entry; `false` if there is none. */
  delete(key: K): boolean {
    return this.#entries.delete(key);
  }
}
