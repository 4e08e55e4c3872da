/** Replaces `setTimeout` and `clearTimeout` with timers that the test makes fire. */
export class FakeTimers implements Disposable {
  #nowMs = 0;
  #lastId = 0;
  #onAdded = Promise.withResolvers<void>();
  readonly #timers = new Map<number, { readonly atMs: number; readonly fire: () => void }>();
  readonly #setTimeout = globalThis.setTimeout;
  readonly #clearTimeout = globalThis.clearTimeout;

  constructor() {
    globalThis.setTimeout = ((fire: () => void, ms = 0) => {
      this.#timers.set(++this.#lastId, { atMs: this.#nowMs + ms, fire });
      this.#onAdded.resolve();
      return this.#lastId;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((id: number) => this.#timers.delete(id)) as typeof clearTimeout;
  }

  /** The timers that wait. */
  get count(): number {
    return this.#timers.size;
  }

  /** Resolves once a timer waits. */
  async added(): Promise<void> {
    while (this.count === 0) {
      this.#onAdded = Promise.withResolvers<void>();
      await this.#onAdded.promise;
    }
  }

  /** Lets time pass: timers fire in their order, each after the microtasks of the one before. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].toSorted(([, a], [, b]) => a.atMs - b.atMs);
      if (next === undefined || next[1].atMs > untilMs) break;
      this.#timers.delete(next[0]);
      this.#nowMs = next[1].atMs;
      next[1].fire();
      await this.#settle();
    }
    this.#nowMs = untilMs;
  }

  #settle(): Promise<void> {
    return new Promise((resolve) => this.#setTimeout.call(globalThis, resolve, 0));
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = this.#setTimeout;
    globalThis.clearTimeout = this.#clearTimeout;
  }
}
