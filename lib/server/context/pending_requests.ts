import { Latch } from "../../async/latch.ts";
import { LIMITS } from "../../protocol/limits.ts";

/** The requests of a connection that are under way, and how to end them. */
export class PendingRequests {
  /** By number; `null` for one that nobody can end early so far. */
  readonly #requests = new Map<number, AbortController | null>();
  readonly #answered = new Latch();
  #fullSinceMs: number | null = null;
  /** Why no request can be carried out any more. */
  #over: { readonly reason: unknown } | null = null;

  /** Since when somebody waits for room, a reading of `performance.now()`; `null` when nobody does. */
  get fullSinceMs(): number | null {
    return this.#fullSinceMs;
  }

  /** Whether a request of that number is under way. */
  has(id: number): boolean {
    return this.#requests.has(id);
  }

  /** A request comes. */
  begin(id: number): void {
    this.#requests.set(id, null);
  }

  /** What is fired when a request is to end early: at once, where it is not under way any more. */
  controllerOf(id: number): AbortController {
    const known = this.#requests.get(id);
    if (known) return known;
    const cancel = new AbortController();
    if (this.#over !== null) cancel.abort(this.#over.reason); // It was still on its way
    if (known === undefined) cancel.abort();
    else this.#requests.set(id, cancel);
    return cancel;
  }

  /** A request is answered. */
  end(id: number): void {
    this.#requests.delete(id);
    this.#answered.open();
  }

  /** Ends a request early, if it is under way. */
  cancel(id: number, reason: unknown): void {
    this.#requests.get(id)?.abort(reason);
  }

  /** Ends all of them early, and those that still come. */
  cancelAll(reason: unknown): void {
    this.#over ??= { reason };
    for (const cancel of this.#requests.values()) cancel?.abort(reason);
  }

  /** Resolves when another request may come. */
  async available(): Promise<void> {
    while (this.#requests.size >= LIMITS.unansweredRequests) {
      this.#fullSinceMs ??= performance.now();
      await this.#answered.wait();
    }
    this.#fullSinceMs = null;
  }
}
