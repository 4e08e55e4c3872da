/** A result that was loaded ahead counts as current for this long. */
const FRESH_MS = 200;

/** Loads something when it is needed, or ahead of time. */
export class Prefetch<T> {
  readonly #load: () => Promise<T>;
  #ahead: { readonly startedMs: number; readonly result: Promise<T> } | null = null;

  /** @param load called once or twice */
  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /** Loads ahead of time. A failure shows in `result`. */
  start(): void {
    const result = this.#load();
    result.catch(() => {}); // Reported by `result`
    this.#ahead = { startedMs: performance.now(), result };
  }

  /** What was loaded, not longer ago than a moment. @throws as `load` does */
  result(): Promise<T> {
    const ahead = this.#ahead;
    const isFresh = ahead !== null && performance.now() - ahead.startedMs < FRESH_MS;
    return isFresh ? ahead.result : this.#load();
  }
}
