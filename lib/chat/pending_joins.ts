import type { Member } from "./member.ts";

/** After this time a connection that has not said HELO is a client of protocol 1. */
const PENDING_MS = 250;

/**
 * Clients that just came, of whom the others are not told yet: a connection that turns out to be for
 * data alone, with its first frame, was never there.
 */
export class PendingJoins {
  readonly #arrivals = new Map<Member, number>();
  readonly #onSettled: (member: Member) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param onSettled called when somebody is here to stay */
  constructor(onSettled: (member: Member) => void) {
    this.#onSettled = onSettled;
  }

  /** Takes somebody in for a while. */
  add(member: Member): void {
    this.#arrivals.set(member, performance.now());
    this.#timer ??= setTimeout(() => this.#settleOld(), PENDING_MS);
  }

  /** Somebody has done something that others learn of. */
  announce(member: Member): void {
    if (this.remove(member)) this.#onSettled(member);
  }

  /** Others learn of all of them now. */
  announceAll(): void {
    for (const member of this.#arrivals.keys()) this.announce(member);
  }

  /** Somebody has gone; tells whether it was before anybody learnt of it. */
  remove(member: Member): boolean {
    return this.#arrivals.delete(member);
  }

  /** Forgets them. */
  close(): void {
    this.#arrivals.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #settleOld(): void {
    this.#timer = null;
    const nowMs = performance.now();
    for (const [member, arrivedMs] of this.#arrivals) {
      const leftMs = arrivedMs + PENDING_MS - nowMs;
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#settleOld(), leftMs);
        return;
      }
      this.announce(member);
    }
  }
}
