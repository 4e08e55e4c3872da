/**
 * Nothing is written to a new connection in this time, unless it has sent something: a request of
 * HTTP must be answered with nothing but its answer.
 */
const SILENT_MS = 250;
/** After this time, also what may be a browser's connection is taken for a client's. */
const LONGEST_MS = 12_000;

/** A new connection. */
export interface Arrival {
  /** The address of the peer, without the port. */
  readonly address: string;
  /** Something may be written to it now. Called again and again. */
  onSilent(): void;
  /** It speaks frames, or says nothing: it is a client. */
  onSettled(): void;
}

/** New connections of which it is not known yet whether they speak frames or HTTP. */
export class Arrivals {
  /** By arrival, in their order, with the time of it. */
  readonly #pending = new Map<Arrival, number>();
  readonly #isHeldBack: (address: string) => boolean;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param isHeldBack whether a silent connection is likely to be that of a browser */
  constructor(isHeldBack: (address: string) => boolean) {
    this.#isHeldBack = isHeldBack;
  }

  /** Adds a connection, which is settled after a delay. */
  add(arrival: Arrival): void {
    this.#pending.set(arrival, performance.now());
    this.#timer ??= setTimeout(() => this.check(), SILENT_MS);
  }

  /** Settles a connection, if it is pending. */
  settle(arrival: Arrival): void {
    if (!this.remove(arrival)) return;
    arrival.onSilent();
    arrival.onSettled();
  }

  /** Removes a connection, which is never settled then; `false` if it is not pending. */
  remove(arrival: Arrival): boolean {
    const wasPending = this.#pending.delete(arrival);
    if (this.#pending.size === 0) this.#stopTimer();
    return wasPending;
  }

  /** Settles what is due: a timer calls it. */
  check(): void {
    this.#stopTimer();
    const nowMs = performance.now();
    for (const [arrival, arrivedMs] of this.#pending) {
      const waitedMs = nowMs - arrivedMs;
      if (waitedMs < SILENT_MS) continue;
      arrival.onSilent();
      if (waitedMs >= LONGEST_MS || !this.#isHeldBack(arrival.address)) this.settle(arrival);
    }
    if (this.#pending.size > 0) this.#timer ??= setTimeout(() => this.check(), SILENT_MS);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
