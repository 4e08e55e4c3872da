/** Work that may fail again and again: the first failure is reported, then none until it succeeds. */
export class RepeatedFailure {
  readonly #report: (error: unknown) => void;
  #isFailing = false;

  /** @param report called with the first failure of a series */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Runs the work, and returns its result, or what `onFailure` returns if it throws. */
  run<T>(work: () => T, onFailure: () => T): T {
    try {
      const result = work();
      this.#isFailing = false;
      return result;
    } catch (error) {
      if (!this.#isFailing) this.#report(error);
      this.#isFailing = true;
      return onFailure();
    }
  }
}
