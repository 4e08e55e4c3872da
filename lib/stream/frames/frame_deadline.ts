/** Limits of the time that a peer may take for a frame it has begun. */
export interface DeadlineLimits {
  /** From the first byte of a control frame to its last. */
  readonly controlFrameMs: number;
  /** Data moves at least `dataWindowBytes` in any `dataWindowMs`. */
  readonly dataWindowMs: number;
  readonly dataWindowBytes: number;
}

/** The part of a frame that the peer is sending. */
export type FramePart = "nothing" | "control" | "data";

/**
 * Measures how fast a peer sends its frames. Only the time spent waiting for the peer counts, not
 * the time between two reads.
 */
export class FrameDeadline {
  readonly #limits: DeadlineLimits;
  #waitingSinceMs: number | null = null;
  #waitedMs = 0;
  #windowBytes = 0;

  constructor(limits: DeadlineLimits) {
    this.#limits = limits;
  }

  /**
   * Restarts the clock: at the first byte of a control frame, at the end of a data frame's header.
   */
  restart(): void {
    this.#waitedMs = 0;
    this.#windowBytes = 0;
  }

  /** Starts to wait for bytes of the peer. */
  startWaiting(): void {
    this.#waitingSinceMs = performance.now();
  }

  /** Ends the wait, in which `bytes` arrived. */
  stopWaiting(part: FramePart, bytes: number): void {
    const sinceMs = this.#waitingSinceMs ?? performance.now();
    this.#waitingSinceMs = null;
    if (part === "nothing") return;
    this.#waitedMs += performance.now() - sinceMs;
    this.#windowBytes += bytes;
    if (part === "data" && this.#windowBytes >= this.#limits.dataWindowBytes) this.restart();
  }

  /** The duration of the current wait; 0 if there is none. */
  waitingMs(nowMs: number): number {
    return this.#waitingSinceMs === null ? 0 : nowMs - this.#waitingSinceMs;
  }

  /**
   * Whether the peer takes longer than the limits allow.
   *
   * @param nowMs a reading of `performance.now()`
   */
  isOverdue(part: FramePart, nowMs: number): boolean {
    if (this.#waitingSinceMs === null || part === "nothing") return false;
    const waitedMs = this.#waitedMs + nowMs - this.#waitingSinceMs;
    if (part === "control") return waitedMs > this.#limits.controlFrameMs;
    return waitedMs > this.#limits.dataWindowMs && this.#windowBytes < this.#limits.dataWindowBytes;
  }
}
