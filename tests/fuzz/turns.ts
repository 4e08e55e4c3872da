import type { Tally } from "./tally.ts";

/** The longest turn on the main isolate. */
const TURN_MS = 20;
/** Other processes and collections of garbage make a single measurement too long. */
const REPEATS = 10;
/** What takes that long in sum takes too long by itself. */
const ENOUGH_MS = 500;
/** The event loop of a busy machine lags by itself. */
const LAG_MS = 400;
const SAMPLE_MS = 5;

/** Runs work that must not take long. Work that does is repeated: the shortest time counts. */
export function inTurn(work: () => void, what: string, tally: Tally): void {
  let [shortestMs, totalMs] = [Infinity, 0];
  for (let i = 0; i < REPEATS && shortestMs > TURN_MS && totalMs < ENOUGH_MS; i++) {
    const startMs = performance.now();
    work();
    const tookMs = performance.now() - startMs;
    shortestMs = Math.min(shortestMs, tookMs);
    totalMs += tookMs;
  }
  tally.longestTurnMs = Math.max(tally.longestTurnMs, shortestMs);
  if (shortestMs > TURN_MS) tally.violate(`${what} took ${Math.round(shortestMs)} ms`);
}

/** Measures how late the event loop is while a server works. */
export class LagWatch {
  readonly #tally: Tally;
  #timer: ReturnType<typeof setInterval> | null = null;
  #dueMs = 0;

  /** @param tally gets the longest lag, and a violation where it is far too long */
  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** Starts to measure. */
  start(): void {
    this.#dueMs = performance.now() + SAMPLE_MS;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** Stops. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #sample(): void {
    const nowMs = performance.now();
    const lagMs = nowMs - this.#dueMs;
    this.#dueMs = nowMs + SAMPLE_MS;
    this.#tally.longestLagMs = Math.max(this.#tally.longestLagMs, lagMs);
    if (lagMs > LAG_MS) this.#tally.violate(`The event loop was ${Math.round(lagMs)} ms late`);
  }
}
