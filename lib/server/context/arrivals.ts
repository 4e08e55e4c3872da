/**
 * A connection is taken for a client of the chat after this time, if it has sent nothing. Until then
 * nothing is written to it: a request of HTTP must be answered with nothing but its answer.
 */
const ARRIVAL_MS = 250;

/** A new connection. */
export interface Arrival {
  /** It speaks frames, or says nothing: it is a client. */
  onSettled(): void;
}

/** New connections of which it is not known yet whether they speak frames or HTTP. */
export class Arrivals {
  /** By arrival, in their order, with the time of it. */
  readonly #pending = new Map<Arrival, number>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Adds a connection, which is settled after a delay. */
  add(arrival: Arrival): void {
    this.#pending.set(arrival, performance.now());
    this.#timer ??= setTimeout(() => this.#settleDue(), ARRIVAL_MS);
  }

  /** Settles a connection, if it is pending. */
  settle(arrival: Arrival): void {
    if (this.remove(arrival)) arrival.onSettled();
  }

  /** Removes a connection, which is never settled then; `false` if it is not pending. */
  remove(arrival: Arrival): boolean {
    const wasPending = this.#pending.delete(arrival);
    if (this.#pending.size === 0) this.#stopTimer();
    return wasPending;
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #settleDue(): void {
    this.#timer = null;
    const nowMs = performance.now();
    for (const [arrival, arrivedMs] of this.#pending) {
      const leftMs = arrivedMs + ARRIVAL_MS - nowMs;
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#settleDue(), leftMs);
        return;
      }
      this.settle(arrival);
    }
  }
}
