/** The counts of a run. */
export class Tally {
  /** Number of frames read. */
  frames = 0;
  /** Number of refusals by code. */
  readonly refusals = new Map<string, number>();
  /** Of the decoders, on the main isolate. */
  longestTurnMs = 0;
  /** Of the event loop, while the server answers. */
  longestLagMs = 0;
  /** In bytes. */
  largestBuffer = 0;
  /** Answers that were matched with their requests. */
  answers = 0;
  /** Events that must not happen. */
  readonly violations: string[] = [];

  /** Counts a refusal. */
  refuse(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  /** Records a violation; only the first 20 are kept. */
  violate(violation: string): void {
    if (this.violations.length < 20) this.violations.push(violation);
  }
}
