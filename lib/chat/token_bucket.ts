/** Allows `burst` events at once, and `perSecond` in the long run. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledMs = 0;

  /** @param perSecond 0 for no limit */
  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
  }

  /**
   * Takes a token; `false` if there is none.
   *
   * @param nowMs a reading of `performance.now()`
   */
  take(nowMs: number): boolean {
    if (this.#perSecond === 0) return true;
    const earned = (nowMs - this.#filledMs) / 1000 * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /**
   * Milliseconds until there is a token; 0 if there is one.
   *
   * @param nowMs a reading of `performance.now()`
   */
  waitMs(nowMs: number): number {
    if (this.#perSecond === 0) return 0;
    const missing = 1 - this.#tokens - (nowMs - this.#filledMs) / 1000 * this.#perSecond;
    return Math.max(0, missing * 1000 / this.#perSecond);
  }

  /** Whether the whole burst is available. @param nowMs a reading of `performance.now()` */
  isFull(nowMs: number): boolean {
    return this.#tokens + (nowMs - this.#filledMs) / 1000 * this.#perSecond >= this.#burst;
  }
}
