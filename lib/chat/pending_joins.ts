import type { Member } from "./member.ts";

/**
 * A connection that sends nothing is announced after this time: port scanners and health checks have
 * left by then. What is said meanwhile reaches it all the same.
 */
const PENDING_MS = 2_000;
const HELD_BACK_CHECK_MS = 500;

/**
 * New members that are not announced yet. A connection whose first frame makes it a data connection
 * is removed again, and never announced.
 */
export class PendingJoins {
  readonly #arrivals = new Map<Member, number>();
  readonly #onAnnounce: (member: Member) => void;
  readonly #holdMs: (member: Member) => number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isClosed = false;

  /**
   * @param onAnnounce announces a member to the others
   * @param holdMs how long a member is not announced, if that is longer than usual
   */
  constructor(onAnnounce: (member: Member) => void, holdMs: (member: Member) => number) {
    this.#onAnnounce = onAnnounce;
    this.#holdMs = holdMs;
  }

  /** Adds a member, which is announced after a delay; never once this is closed. */
  add(member: Member): void {
    if (this.#isClosed) return;
    this.#arrivals.set(member, performance.now());
    this.#timer ??= setTimeout(() => this.#announceDue(), PENDING_MS);
  }

  /** Announces a member now, if it is pending. */
  announce(member: Member): void {
    if (this.remove(member)) this.#onAnnounce(member);
  }

  /** Whether a member is not announced yet. */
  has(member: Member): boolean {
    return this.#arrivals.has(member);
  }

  /** Removes a member; `true` if it was pending, and so never announced. */
  remove(member: Member): boolean {
    return this.#arrivals.delete(member);
  }

  /** Stops the timer. Pending members are never announced. */
  close(): void {
    this.#isClosed = true;
    this.#arrivals.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #announceDue(): void {
    this.#timer = null;
    const nowMs = performance.now();
    for (const [member, arrivedMs] of this.#arrivals) {
      const waitedMs = nowMs - arrivedMs;
      if (waitedMs < PENDING_MS) break;
      if (waitedMs >= this.#holdMs(member)) this.announce(member);
    }
    this.#schedule(nowMs);
  }

  /** Looks again when the oldest member is due, and often while one is held back. */
  #schedule(nowMs: number): void {
    const [oldestMs] = this.#arrivals.values();
    if (oldestMs === undefined) return;
    const leftMs = oldestMs + PENDING_MS - nowMs;
    this.#timer = setTimeout(() => this.#announceDue(), leftMs > 0 ? leftMs : HELD_BACK_CHECK_MS);
  }
}
