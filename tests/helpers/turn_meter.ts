/**
 * Measures the longest turn of the event loop in its isolate.
 *
 * On Linux it counts the CPU time of the main thread, so that other processes of a busy machine do
 * not count; elsewhere the time that passes. The kernel updates that time every few milliseconds.
 */
export class TurnMeter implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;
  #lastMs: number;
  #longestMs = 0;

  /** Starts measuring. */
  constructor() {
    this.#lastMs = usedMs();
    this.#timer = setInterval(() => this.#sample(), 2);
  }

  /** The longest turn since the last call, in milliseconds. */
  takeLongestMs(): number {
    this.#sample();
    const longest = this.#longestMs;
    this.#longestMs = 0;
    return longest;
  }

  #sample(): void {
    const nowMs = usedMs();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Much like what turns are made of: JSON, and objects that live shortly. */
const REFERENCE = JSON.stringify(
  Array.from({ length: 2_000 }, (_, i) => ({ id: i, path: `a/${i}` })),
);

/** So many that the steps in which the kernel counts are small beside them. */
const REFERENCE_ROUNDS = 40;

/**
 * What some work takes here and now, in milliseconds: 15 on the machine of the goals. On a slower one, or
 * while other processes empty the caches, it takes as much longer as a turn does.
 */
export function referenceMs(): number {
  const startMs = usedMs();
  for (let i = 0; i < REFERENCE_ROUNDS; i++) JSON.stringify(JSON.parse(REFERENCE));
  return usedMs() - startMs;
}

/**
 * CPU time of the main thread of a process, in milliseconds, on Linux; elsewhere the time that
 * passes.
 */
export function usedMs(pid: number = Deno.pid): number {
  if (Deno.build.os !== "linux") return performance.now();
  const [nanoseconds] = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/schedstat`).split(" ");
  return Number(nanoseconds) / 1e6;
}
