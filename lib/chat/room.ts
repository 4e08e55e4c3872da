import { type ChatEvent, encodeEvent, type RoomEvent } from "../protocol/chat_events.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { Subscribers } from "./subscribers.ts";
import { type ChatTexts, encodeEventLine } from "./chat_texts.ts";
import type { Member } from "./member.ts";

/**
 * How long changes of who is there wait: longer, the more there are whom it is told, and when such
 * changes were told shortly before.
 */
const CHANGES_MS = { least: 20, perMember: 0.2, most: 1_000, apart: 500 };

/** Somebody came or went, under the nick of that moment. */
interface Change {
  readonly event: "joined" | "left";
  readonly nick: string;
}

/**
 * A room: those who are in, and what they are told.
 *
 * Messages are told at once. Who came, went or took another nick is told together with the next
 * message, or after a short while, so that a crowd that comes costs each member a few writes; in
 * either case everybody gets it in the order in which it happened.
 */
export class Room {
  readonly name: string;
  /** The number of the last message. */
  seq: number;
  readonly #texts: ChatTexts;
  readonly #lines = new Subscribers();
  readonly #events = new Subscribers();
  readonly #changes = new Map<Member, Change>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #changesToldMs = -Infinity;
  #isClosed = false;

  /** Nobody is in at first. */
  constructor(name: string, seq: number, texts: ChatTexts) {
    this.name = name;
    this.seq = seq;
    this.#texts = texts;
  }

  /** How many are in. */
  get size(): number {
    return this.#lines.size + this.#events.size;
  }

  /** Whether somebody is in. */
  has(member: Member): boolean {
    return this.#audienceOf(member).has(member);
  }

  /** Those who are in. */
  *members(): Generator<Member> {
    yield* this.#lines.members();
    yield* this.#events.members();
  }

  /** Lets somebody in, without a word. */
  add(member: Member): void {
    this.#audienceOf(member).add(member);
  }

  /** Lets somebody out, without a word. */
  remove(member: Member): void {
    this.#audienceOf(member).remove(member);
  }

  /** Has the others told that somebody came or went; not if it came unseen and goes again. */
  recordChange(event: Change["event"], member: Member): void {
    if (this.#changes.delete(member)) return;
    const others = this.#events.size - (this.#events.has(member) ? 1 : 0);
    if (others === 0) return;
    this.#changes.set(member, { event, nick: member.nick });
    this.scheduleWake();
  }

  /**
   * Makes certain that the changes so far will be told. To be called before anybody learns who is
   * in: else somebody on the list might go without a word.
   */
  flushChanges(): void {
    for (const [member, { event, nick }] of this.#changes) {
      const frame = encodeEvent({ event, room: this.name, nick });
      this.#events.append(frame, event === "joined" ? [member] : []);
    }
    this.#changes.clear();
  }

  /**
   * Tells that somebody has another nick to those who are in no other room, after a while.
   *
   * @returns the others who get events
   */
  announceNick(frame: Uint8Array): Member[] {
    const others = Array.from(this.#events.members()).filter(({ roomNames }) =>
      roomNames.length > 1
    );
    if (others.length < this.#events.size) this.#events.append(frame, others);
    this.scheduleWake();
    return others;
  }

  /**
   * Tells a message that is stored, once the room is woken.
   *
   * @param json the event's
   * @param author who gets it as an event, but not as a line of text; `null` for the server
   */
  publish(event: RoomEvent, json: string, author: Member | null): void {
    this.seq = event.seq;
    if (this.#events.size > 0) {
      this.flushChanges();
      this.#events.append(encodeFrame("EVNT", json));
    }
    if (this.#lines.size > 0) {
      const line = encodeEventLine(event, this.#texts);
      this.#lines.append(line, author === null ? [] : [author]);
    }
  }

  /** Tells everybody something that is no message, at once. */
  announce(event: ChatEvent, line: Uint8Array | null): void {
    this.flushChanges();
    this.#events.append(encodeEvent(event));
    if (line !== null) this.#lines.append(line);
    this.wake();
  }

  /** Has everybody get what there is. */
  wake(): void {
    this.#clearTimer();
    this.flushChanges();
    this.#events.wake();
    this.#lines.wake();
  }

  /** Has everybody get what there is after a while, or with the next message. */
  scheduleWake(): void {
    if (this.#timer !== null || this.#isClosed) return;
    const { least, perMember, most, apart } = CHANGES_MS;
    const pauseMs = this.#changesToldMs + apart - performance.now();
    const delayMs = Math.max(least, pauseMs, Math.min(most, this.#events.size * perMember));
    this.#timer = setTimeout(() => {
      this.#changesToldMs = performance.now();
      this.wake();
    }, delayMs);
  }

  /** Nothing is told any more by itself. */
  close(): void {
    this.#isClosed = true;
    this.#clearTimer();
    this.#changes.clear();
  }

  #audienceOf(member: Member): Subscribers {
    return member.protocol === 1 ? this.#lines : this.#events;
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
