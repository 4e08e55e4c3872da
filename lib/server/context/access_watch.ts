import { RequestError } from "../../protocol/errors.ts";

/** The requests under way that end when their client loses the right to them. */
export class AccessWatch {
  readonly #checks = new Set<() => void>();

  /**
   * Checks a right now, and again at every change of the rules until disposal.
   *
   * @param check throws without the right
   * @param cancel ends the request; called with `denied` once the right is lost, with a reason if there is one
   * @throws what `check` throws now
   */
  begin(check: () => void, cancel: (reason: RequestError) => void): Disposable {
    check();
    const recheck = () => {
      try {
        check();
      } catch (error) {
        this.#checks.delete(recheck);
        const hasReason = error instanceof RequestError && error.reason !== null;
        cancel(hasReason ? error : new RequestError("denied"));
      }
    };
    this.#checks.add(recheck);
    return { [Symbol.dispose]: () => void this.#checks.delete(recheck) };
  }

  /** Ends the requests whose clients have lost the right to them. */
  recheck(): void {
    for (const recheck of this.#checks) recheck();
  }
}
