const SAMPLE_MS = 100;
/** How long a sample counts. */
const WINDOW_MS = 60_000;

interface Sample {
  readonly takenMs: number;
  readonly lateMs: number;
}

/** Measures how late the event loop is: what keeps it busy keeps all clients waiting. */
export class LoopLag {
  /** Those of the last minute, the oldest first. */
  readonly #samples: Sample[] = [];
  #timer: ReturnType<typeof setInterval> | null = null;
  #expectedMs = 0;

  /** Takes a sample every 100 ms from now on. */
  start(): void {
    this.#expectedMs = performance.now() + SAMPLE_MS;
    this.#timer = setInterval(() => this.sample(), SAMPLE_MS);
  }

  /** Takes no more samples. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Takes a sample, as the timer does: it is late by what has passed beyond 100 ms since the last. */
  sample(): void {
    const takenMs = performance.now();
    this.#samples.push({ takenMs, lateMs: Math.max(0, takenMs - this.#expectedMs) });
    this.#expectedMs = takenMs + SAMPLE_MS;
    this.#dropOld(takenMs);
  }

  /** How late the samples of the last minute were: the most, and the mean. Milliseconds. */
  get lastMinute(): { readonly mostMs: number; readonly meanMs: number } {
    this.#dropOld(performance.now());
    const late = this.#samples.map(({ lateMs }) => lateMs);
    const sum = late.reduce((total, ms) => total + ms, 0);
    return { mostMs: Math.max(0, ...late), meanMs: late.length === 0 ? 0 : sum / late.length };
  }

  #dropOld(nowMs: number): void {
    const kept = this.#samples.findIndex(({ takenMs }) => takenMs > nowMs - WINDOW_MS);
    this.#samples.splice(0, kept < 0 ? this.#samples.length : kept);
  }
}
