/** Replaces `performance.now()` with a clock that the test controls. */
export class FakeClock implements Disposable {
  nowMs = 1_000;
  readonly #original = performance.now;

  constructor() {
    performance.now = () => this.nowMs;
  }

  /** Advances the clock. */
  advance(ms: number): void {
    this.nowMs += ms;
  }

  [Symbol.dispose](): void {
    performance.now = this.#original;
  }
}

/** Waits until pending microtasks and timers of 0 ms have run. */
export function flushTasks(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
