/** A leader of NATS that is there answers within milliseconds. */
const LATE_MS = 1_000;
/** A leader that was replaced while it was frozen knows that after this time: the new one tells it each second. */
const SETTLE_MS = 1_500;

/**
 * Whether the leader of a log is to be believed. One that was frozen, and replaced in the meantime, goes on as the
 * leader for a moment: what it tells then the log may not have.
 */
export class LeaderTrust {
  readonly #nowMs: () => number;
  /** When the questions began that are not answered yet, the oldest first. */
  readonly #questions = new Set<{ readonly sinceMs: number }>();
  #doubtfulUntilMs = -Infinity;

  /** @param nowMs a clock in milliseconds */
  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** While a question waits for too long, and for a moment after it was answered late or not at all. */
  get isDoubtful(): boolean {
    const nowMs = this.#nowMs();
    const [oldest] = this.#questions;
    return nowMs < this.#doubtfulUntilMs ||
      oldest !== undefined && nowMs - oldest.sinceMs > LATE_MS;
  }

  /**
   * Asks the leader something.
   *
   * @param isAnswer whether an error is an answer of the leader. Default: none is
   * @throws what the question throws
   */
  async ask<T>(
    question: () => Promise<T>,
    isAnswer: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    const asked = { sinceMs: this.#nowMs() };
    this.#questions.add(asked);
    try {
      const answer = await question();
      if (this.#nowMs() - asked.sinceMs > LATE_MS) this.#doubt();
      return answer;
    } catch (error) {
      if (!isAnswer(error)) this.#doubt();
      throw error;
    } finally {
      this.#questions.delete(asked);
    }
  }

  #doubt(): void {
    this.#doubtfulUntilMs = this.#nowMs() + SETTLE_MS;
  }
}
