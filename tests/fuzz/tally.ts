/** What came of a run. */
export class Tally {
  /** Frames that were read. */
  frames = 0;
  /** How often something was refused, by code. */
  readonly refusals = new Map<string, number>();
  /** What must not happen. */
  readonly violations: string[] = [];

  /** Counts a refusal. */
  refuse(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  /** Keeps the first of what must not happen; a flood of the same says nothing more. */
  violate(what: string): void {
    if (this.violations.length < 20) this.violations.push(what);
  }
}
