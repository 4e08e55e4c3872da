/** Time between two reports of a server that waits, in milliseconds. */
export const REPORT_MS = 10_000;

/** How something is waited for that fails. */
export interface PatienceOptions {
  /** How long, in milliseconds; `null` for ever, 0 for not at all. */
  readonly waitMs: number | null;
  /** Called at the first failure, and every ten seconds. */
  readonly onWait: (reason: string) => void;
}

/** Tells whether something has failed for too long. The time begins with the construction. */
export class Patience {
  readonly #options: PatienceOptions;
  readonly #startMs = performance.now();
  #reportedMs = -Infinity;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Whether a failure is the last one that is waited for; any other one may be reported. */
  isOver(reason: string): boolean {
    const { waitMs, onWait } = this.#options;
    const nowMs = performance.now();
    if (waitMs !== null && nowMs - this.#startMs >= waitMs) return true;
    if (nowMs - this.#reportedMs >= REPORT_MS) {
      this.#reportedMs = nowMs;
      onWait(reason);
    }
    return false;
  }
}
