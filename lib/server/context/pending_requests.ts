import { Condition } from "../../async/condition.ts";
import { LIMITS } from "../../protocol/limits.ts";

/** The unanswered requests of a connection, and their abort controllers. */
export class PendingRequests {
  /** By id; `null` as long as no controller is needed. */
  readonly #requests = new Map<number, AbortController | null>();
  readonly #answered = new Condition();
  #fullSinceMs: number | null = null;
  /** The reason of `cancelAll`, which holds for later requests, too. */
  #cancelled: { readonly reason: unknown } | null = null;

  /** Since when `available` waits, a reading of `performance.now()`; `null` if it does not. */
  get fullSinceMs(): number | null {
    return this.#fullSinceMs;
  }

  /** Whether a request is unanswered. */
  has(id: number): boolean {
    return this.#requests.has(id);
  }

  /** Adds a request. */
  begin(id: number): void {
    this.#requests.set(id, null);
  }

  /** The abort controller of a request; already aborted if the request has ended. */
  controllerOf(id: number): AbortController {
    const known = this.#requests.get(id);
    if (known) return known;
    const controller = new AbortController();
    if (this.#cancelled !== null) controller.abort(this.#cancelled.reason);
    if (known === undefined) controller.abort();
    else this.#requests.set(id, controller);
    return controller;
  }

  /** Removes an answered request. */
  end(id: number): void {
    this.#requests.delete(id);
    this.#answered.notifyAll();
  }

  /** Aborts a request. */
  cancel(id: number, reason: unknown): void {
    if (this.has(id)) this.controllerOf(id).abort(reason);
  }

  /** Whether an unanswered request is aborted. Costs less than its controller does. */
  isCancelled(id: number): boolean {
    return this.#cancelled !== null || this.#requests.get(id)?.signal.aborted === true;
  }

  /** Aborts all requests, later ones included. */
  cancelAll(reason: unknown): void {
    this.#cancelled ??= { reason };
    for (const controller of this.#requests.values()) controller?.abort(reason);
  }

  /** Resolves when there is room for another request. */
  async available(): Promise<void> {
    while (this.#requests.size >= LIMITS.unansweredRequests) {
      this.#fullSinceMs ??= performance.now();
      await this.#answered.wait();
    }
    this.#fullSinceMs = null;
  }
}
