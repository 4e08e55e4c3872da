import { FrameLog, type FrameLogCursor } from "../stream/frames/frame_log.ts";
import type { Member } from "./member.ts";

/**
 * Those in a room who speak the same protocol level. What they get is encoded once and appended to a
 * log; each member's connection follows that log at its own pace.
 */
export class Subscribers {
  readonly #log = new FrameLog();
  readonly #cursors = new Map<Member, FrameLogCursor>();

  /** How many are in. */
  get size(): number {
    return this.#cursors.size;
  }

  /** Those who are in, in the order in which they came. */
  members(): Iterable<Member> {
    return this.#cursors.keys();
  }

  /** Whether somebody is in. */
  has(member: Member): boolean {
    return this.#cursors.has(member);
  }

  /** Lets somebody in, who gets what is appended from now on. */
  add(member: Member): void {
    const cursor = this.#log.cursor();
    this.#cursors.set(member, cursor);
    member.writer.follow(cursor);
  }

  /** Lets somebody out, who gets what was appended before, and no more. */
  remove(member: Member): void {
    const cursor = this.#cursors.get(member);
    if (cursor === undefined) return;
    this.#cursors.delete(member);
    member.writer.unfollow(cursor);
  }

  /** Appends a frame for everybody but some. It leaves when they are woken, or with another one. */
  append(frame: Uint8Array, hiddenFrom: Iterable<Member> = []): void {
    if (this.#cursors.size === 0) return;
    const start = this.#log.end;
    this.#log.append(frame);
    for (const member of hiddenFrom) this.#cursors.get(member)?.excludeSince(start);
  }

  /** Has everybody's connection look for what was appended. */
  wake(): void {
    for (const member of this.#cursors.keys()) member.writer.wake();
  }
}
