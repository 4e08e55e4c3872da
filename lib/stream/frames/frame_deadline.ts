/** How long a peer may take for a frame that it has begun. */
export interface DeadlineLimits {
  /** From a control frame's first byte to its last. */
  readonly controlFrameMs: number;
  /** Data moves at least `dataWindowBytes` in any `dataWindowMs`. */
  readonly dataWindowMs: number;
  readonly dataWindowBytes: number;
}

/** What the peer is in the middle of. */
export type FramePart = "nothing" | "control" | "data";

/**
 * Measures the pace of a peer inside its frames. Only time spent waiting for it counts: what the
 * reader does between two waits is not the peer's fault.
 */
export class FrameDeadline {
  readonly #limits: DeadlineLimits;
  #waitingSinceMs: number | null = null;
  #waitedMs = 0;
  #windowBytes = 0;

  constructor(limits: DeadlineLimits) {
    this.#limits = limits;
  }

  /** A control frame's time runs from its first byte, that of data from the end of the header. */
  restart(): void {
    this.#waitedMs = 0;
    this.#windowBytes = 0;
  }

  /** The wait for bytes of the peer begins. */
  startWaiting(): void {
    this.#waitingSinceMs = performance.now();
  }

  /** The wait is over; `bytes` came in. */
  stopWaiting(part: FramePart, bytes: number): void {
    const sinceMs = this.#waitingSinceMs ?? performance.now();
    this.#waitingSinceMs = null;
    if (part === "nothing") return;
    this.#waitedMs += performance.now() - sinceMs;
    this.#windowBytes += bytes;
    if (part === "data" && this.#windowBytes >= this.#limits.dataWindowBytes) this.restart();
  }

  /** For how long the wait has gone on; 0 when there is none. */
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
