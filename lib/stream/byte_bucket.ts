import { PACE_LIMITS } from "../protocol/limits.ts";

/** What may pass at once, in seconds of the rate. */
const BURST_SECONDS = 0.25;

/**
 * Lets `bytesPerSecond` pass in the long run, and a quarter of a second of that, or 64 KiB, at once.
 *
 * Times are readings of one clock, in milliseconds.
 */
export class ByteBucket {
  #rate = Infinity;
  /** What may pass now; negative after a piece that was larger than a burst. */
  #bytes = 0;
  #filledMs: number;

  /** @param bytesPerSecond `Infinity` for no limit */
  constructor(bytesPerSecond: number, nowMs: number) {
    this.#filledMs = nowMs;
    this.setRate(bytesPerSecond, nowMs);
    this.#bytes = this.#burst;
  }

  /** Changes the rate from now on. What was paid at the former rate is kept, up to one burst. */
  setRate(bytesPerSecond: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#rate = bytesPerSecond;
    const burst = this.#burst;
    this.#bytes = Math.max(-burst, Math.min(burst, this.#bytes));
  }

  /** How long a piece has to wait, in milliseconds; 0 if it may pass. */
  waitMs(bytes: number, nowMs: number): number {
    if (this.#rate === Infinity) return 0;
    this.#fill(nowMs);
    // A piece larger than a burst passes once that is full: the rest is owed
    const missing = Math.min(bytes, this.#burst) - this.#bytes;
    return missing <= 0 ? 0 : Math.ceil(missing * 1_000 / this.#rate);
  }

  /** Takes the bytes of a piece that passes. */
  pay(bytes: number, nowMs: number): void {
    if (this.#rate === Infinity) return;
    this.#fill(nowMs);
    this.#bytes -= bytes;
  }

  /** How long until a whole burst may pass, in milliseconds. */
  fullInMs(nowMs: number): number {
    return this.waitMs(Infinity, nowMs);
  }

  get #burst(): number {
    if (this.#rate === Infinity) return 0;
    return Math.max(this.#rate * BURST_SECONDS, PACE_LIMITS.burstBytes);
  }

  #fill(nowMs: number): void {
    if (this.#rate !== Infinity) {
      const earned = (nowMs - this.#filledMs) * this.#rate / 1_000;
      this.#bytes = Math.min(this.#burst, this.#bytes + earned);
    }
    this.#filledMs = nowMs;
  }
}
