/** Stands in for `performance.now()`: time passes when the test says so. */
export class FakeClock implements Disposable {
  nowMs = 1_000;
  readonly #original = performance.now;

  constructor() {
    performance.now = () => this.nowMs;
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.nowMs += ms;
  }

  [Symbol.dispose](): void {
    performance.now = this.#original;
  }
}

/** Lets everything happen that waits for nothing outside. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
