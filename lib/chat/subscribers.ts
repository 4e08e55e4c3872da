import { setImmediate } from "node:timers";
import { FrameLog, type FrameLogCursor } from "../stream/frames/frame_log.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Member } from "./member.ts";

/** Members that are woken in one turn: some milliseconds of work. */
const WOKEN_AT_ONCE = 1_024;
/** A member that so many bytes wait for is woken at once: what waits for it in all its rooms has a bound. */
const LATE_BYTES = LIMITS.outboundBytes / 16;

/**
 * The members of a room that speak the same protocol. A frame is encoded once and appended to one
 * log; the connection of each member follows that log at its own pace.
 */
export class Subscribers {
  readonly #log = new FrameLog();
  readonly #cursors = new Map<Member, FrameLogCursor>();
  /** The members that are yet to be woken, those that wait longest first. */
  readonly #sleepers = new Set<Member>();
  #isScheduled = false;

  /** The number of members. */
  get size(): number {
    return this.#cursors.size;
  }

  /** The members, in the order of joining. */
  members(): Iterable<Member> {
    return this.#cursors.keys();
  }

  /** Whether a member is in. */
  has(member: Member): boolean {
    return this.#cursors.has(member);
  }

  /** Adds a member, which gets the frames appended from now on. */
  add(member: Member): void {
    const cursor = this.#log.cursor();
    this.#cursors.set(member, cursor);
    member.outlet.follow(cursor);
  }

  /** Removes a member, which still gets the frames appended before. */
  remove(member: Member): void {
    const cursor = this.#cursors.get(member);
    if (cursor === undefined) return;
    this.#cursors.delete(member);
    this.#sleepers.delete(member);
    member.outlet.unfollow(cursor);
  }

  /** Appends a frame for all but some members. It leaves after `wake`, or with another frame. */
  append(frame: Uint8Array, hiddenFrom: Iterable<Member> = []): void {
    if (this.#cursors.size === 0) return;
    const start = this.#log.end;
    this.#log.append(frame);
    for (const member of hiddenFrom) this.#cursors.get(member)?.excludeSince(start);
  }

  /** Sends the appended frames: to many members in several turns, so that others are heard meanwhile. */
  wake(): void {
    for (const member of this.#cursors.keys()) this.#sleepers.add(member);
    this.#wakeSome(this.#isScheduled ? 0 : WOKEN_AT_ONCE);
  }

  /** Wakes some members, and all that many bytes wait for. */
  #wakeSome(count: number): void {
    let left = count;
    for (const member of this.#sleepers) {
      if (left-- <= 0 && !this.#isLate(member)) break;
      this.#sleepers.delete(member);
      member.outlet.wake();
    }
    if (this.#sleepers.size === 0 || this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#wakeSome(WOKEN_AT_ONCE);
    });
  }

  #isLate(member: Member): boolean {
    return (this.#cursors.get(member)?.lagBytes ?? 0) >= LATE_BYTES;
  }
}
