const SAMPLE_MS = 100;
/** Older samples are dropped. */
const WINDOW_MS = 60_000;

interface Sample {
  readonly takenMs: number;
  readonly lateMs: number;
}

/** Measures the lag of the event loop: work that blocks the loop delays all clients. */
export class LoopLag {
  /** The samples of the last minute, oldest first. */
  readonly #samples: Sample[] = [];
  #timer: ReturnType<typeof setInterval> | null = null;
  #expectedMs = 0;

  /** Starts sampling every 100 ms. */
  start(): void {
    this.#expectedMs = performance.now() + SAMPLE_MS;
    this.#timer = setInterval(() => this.sample(), SAMPLE_MS);
  }

  /** Stops sampling. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Adds a sample: the time since the sample before, less 100 ms. The timer calls it. */
  sample(): void {
    const takenMs = performance.now();
    this.#samples.push({ takenMs, lateMs: Math.max(0, takenMs - this.#expectedMs) });
    this.#expectedMs = takenMs + SAMPLE_MS;
    this.#dropOld(takenMs);
  }

  /** The maximum and the mean lag of the last minute, in milliseconds. */
  get lastMinute(): { readonly maxMs: number; readonly meanMs: number } {
    this.#dropOld(performance.now());
    const late = this.#samples.map(({ lateMs }) => lateMs);
    const sum = late.reduce((total, ms) => total + ms, 0);
    return { maxMs: Math.max(0, ...late), meanMs: late.length === 0 ? 0 : sum / late.length };
  }

  #dropOld(nowMs: number): void {
    const kept = this.#samples.findIndex(({ takenMs }) => takenMs > nowMs - WINDOW_MS);
    this.#samples.splice(0, kept < 0 ? this.#samples.length : kept);
  }
}
