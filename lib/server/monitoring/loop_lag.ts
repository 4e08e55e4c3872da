const SAMPLE_MS = 100;
/** Samples that are kept: those of the last minute. */
const SAMPLES = 600;

/** Measures how late the event loop is: what keeps it busy keeps everybody waiting. */
export class LoopLag {
  readonly #samples: number[] = [];
  #timer: ReturnType<typeof setInterval> | null = null;
  #expectedMs = 0;

  /** Begins to measure. */
  start(): void {
    this.#expectedMs = performance.now() + SAMPLE_MS;
    this.#timer = setInterval(() => this.#sample(performance.now()), SAMPLE_MS);
  }

  /** Ends it. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** By how much it was late in the last minute: the most, and the mean. Milliseconds. */
  get lastMinute(): { readonly mostMs: number; readonly meanMs: number } {
    const sum = this.#samples.reduce((total, ms) => total + ms, 0);
    return {
      mostMs: Math.max(0, ...this.#samples),
      meanMs: this.#samples.length === 0 ? 0 : sum / this.#samples.length,
    };
  }

  #sample(nowMs: number): void {
    this.#samples.push(Math.max(0, nowMs - this.#expectedMs));
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    this.#expectedMs = nowMs + SAMPLE_MS;
  }
}
