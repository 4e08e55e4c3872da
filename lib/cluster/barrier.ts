import { deadline } from "../async/deadline.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";

/** What a {@link Barrier} asks. */
export interface BarrierOptions {
  /** Asks for the last place of the log. */
  readonly last: () => Promise<number>;
  /** The place of the last record that is applied here. */
  readonly applied: () => number;
  /** How long a request waits. Default: that of the limits. */
  readonly timeoutMs?: number;
}

/** A place that is waited for. */
interface Waiter {
  readonly place: number;
  readonly resolve: () => void;
}

/**
 * Lets requests wait until this server has applied what any server has acknowledged before. A question to
 * the log is shared by the requests that come before it is sent: one is under way, and at most one
 * follows it.
 */
export class Barrier implements Disposable {
  readonly #options: BarrierOptions;
  readonly #timeoutMs: number;
  readonly #waiters = new Set<Waiter>();
  #asking: Promise<number> | null = null;
  #next: Promise<number> | null = null;

  /** Asks nothing until a request comes. */
  constructor(options: BarrierOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? CLUSTER_LIMITS.caughtUpMs;
  }

  /** Resolves once all that was acknowledged before is applied, or after the time-out. */
  async passed(): Promise<void> {
    const stop = new AbortController();
    const reached = this.#ask().then((last) => this.reached(last, stop.signal), () => {});
    await deadline(reached, this.#timeoutMs, undefined);
    stop.abort();
  }

  /**
   * Resolves once a place is applied here; at once if it is, or after disposal.
   *
   * @param signal ends the waiting: the result never resolves then
   */
  reached(place: number, signal?: AbortSignal): Promise<void> {
    if (place <= this.#options.applied()) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { place, resolve };
    this.#waiters.add(waiter);
    signal?.addEventListener("abort", () => this.#waiters.delete(waiter), { once: true });
    return promise;
  }

  /** To be called after records were applied. */
  advance(): void {
    const applied = this.#options.applied();
    for (const waiter of this.#waiters) {
      if (waiter.place > applied) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Lets all pass. */
  [Symbol.dispose](): void {
    for (const { resolve } of this.#waiters) resolve();
    this.#waiters.clear();
  }

  /** A question that is under way may have been answered already: only a later one tells all. */
  #ask(): Promise<number> {
    if (this.#asking === null) return this.#asking = this.#send();
    return this.#next ??= this.#asking.catch(() => {}).then(() => {
      this.#next = null;
      return this.#asking = this.#send();
    });
  }

  #send(): Promise<number> {
    const asking = this.#options.last().finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    return asking;
  }
}
