/** A prefetched result counts as current for this long. */
const FRESH_MS = 200;

/** Loads a value on demand, or ahead of time. */
export class Prefetch<T> {
  readonly #load: () => Promise<T>;
  #ahead: { readonly startedMs: number; readonly result: Promise<T> } | null = null;

  /** @param load called once or twice */
  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /** Loads ahead of time. `result` reports a failure. */
  start(): void {
    const result = this.#load();
    result.catch(() => {}); // Reported by `result`
    this.#ahead = { startedMs: performance.now(), result };
  }

  /** The value, loaded less than 200 ms ago. Rejects as `load` does. */
  result(): Promise<T> {
    const ahead = this.#ahead;
    const isFresh = ahead !== null && performance.now() - ahead.startedMs < FRESH_MS;
    return isFresh ? ahead.result : this.#load();
  }
}
