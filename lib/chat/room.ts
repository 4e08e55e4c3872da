import type { Topic } from "../protocol/chat_answers.ts";
import { type ChatEvent, encodeEvent, hideFile } from "../protocol/chat_events.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { type ChatTexts, encodeEventLine } from "./chat_texts.ts";
import type { KeptEvent } from "./kept_event.ts";
import { Member } from "./member.ts";
import type { Person } from "./person.ts";
import { Subscribers } from "./subscribers.ts";

/**
 * The delay of presence changes: it grows with the number of members that get them, and keeps an
 * interval from the changes sent before.
 */
const PRESENCE_DELAY_MS = { min: 20, perMember: 0.2, max: 1_000, interval: 500 };

/** A member has joined or left, under its nick at that moment. */
interface PresenceChange {
  readonly event: "joined" | "left";
  readonly nick: string;
}

/** The initial state of a {@link Room}. */
export interface RoomOptions {
  readonly name: string;
  /** The number of the last message. */
  readonly seq: number;
  readonly topic: Topic | null;
  readonly texts: ChatTexts;
  /** The network of the client that made the room, or `null`. */
  readonly network: string | null;
}

/**
 * A room: its members, and the frames that they get.
 *
 * Messages leave at once. Presence changes (`joined`, `left`, `nick`) leave with the next message
 * or after a short delay, so that the arrival of a crowd costs each member a few writes. Every
 * member gets messages and changes in the order in which they happened.
 */
export class Room {
  readonly name: string;
  /** The network of the client that made the room, or `null`. */
  readonly network: string | null;
  /** The number of the last message. */
  seq: number;
  /** The topic, or `null`. */
  topic: Topic | null;
  readonly #texts: ChatTexts;
  readonly #lines = new Subscribers();
  readonly #events = new Subscribers();
  readonly #changes = new Map<Person, PresenceChange>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #changesSentMs = -Infinity;
  #isClosed = false;

  /** Starts without members. */
  constructor({ name, seq, topic, texts, network }: RoomOptions) {
    this.name = name;
    this.network = network;
    this.seq = seq;
    this.topic = topic;
    this.#texts = texts;
  }

  /** The number of members of this server. */
  get size(): number {
    return this.#lines.size + this.#events.size;
  }

  /** Whether a member is in the room. */
  has(member: Member): boolean {
    return this.#subscribersOf(member).has(member);
  }

  /** The members of this server, those of protocol 1 first. */
  *members(): Generator<Member> {
    yield* this.#lines.members();
    yield* this.#events.members();
  }

  /** Adds a member without announcing it. */
  add(member: Member): void {
    this.#subscribersOf(member).add(member);
  }

  /** Removes a member without announcing it. */
  remove(member: Member): void {
    this.#subscribersOf(member).remove(member);
  }

  /**
   * Announces a change to the other members. It cancels out a pending change of the same member.
   *
   * @param member of this server or another one
   */
  recordChange(event: PresenceChange["event"], member: Person): void {
    if (this.#changes.delete(member)) return;
    const others = this.#events.size - (this.#isSubscribed(member) ? 1 : 0);
    if (others === 0) return;
    this.#changes.set(member, { event, nick: member.nick });
    this.scheduleWake();
  }

  /**
   * Appends the pending changes to the log. Call it before listing the members: a listed member
   * whose `joined` is pending could leave without a `left`.
   */
  flushChanges(): void {
    for (const [member, { event, nick }] of this.#changes) {
      const frame = encodeEvent({ event, room: this.name, nick });
      this.#events.append(frame, event === "joined" && member instanceof Member ? [member] : []);
    }
    this.#changes.clear();
  }

  /**
   * Announces a nick, after the delay, to the members that are in no other room.
   *
   * @param frame the `nick` event
   * @returns the members of protocol 2 that are in other rooms, too
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
   * Appends a stored message for all members. It leaves after `wake`.
   *
   * @param json the JSON of the event for clients
   * @param author the member that gets the event, but no line in protocol 1; `null` for the server
   */
  publish(event: KeptEvent, json: string, author: Member | null): void {
    this.seq = event.seq;
    if (this.#events.size > 0) {
      this.flushChanges();
      this.#publishEvent(event, json);
    }
    if (this.#lines.size > 0) {
      const line = encodeEventLine(event, this.#texts);
      const { unentitled } = splitByRight(this.#lines, event);
      this.#lines.append(line, author === null ? unentitled : [author, ...unentitled]);
    }
  }

  #publishEvent(event: KeptEvent, json: string): void {
    const { entitled, unentitled } = splitByRight(this.#events, event);
    this.#events.append(encodeFrame("EVNT", json), unentitled);
    if (event.event === "file" && unentitled.length > 0) {
      this.#events.append(encodeEvent(hideFile(event)), entitled);
    }
  }

  /** Sends an event that is no message, at once. @param line for protocol 1; `null` for nothing */
  announce(event: ChatEvent, line: Uint8Array | null): void {
    this.flushChanges();
    this.#events.append(encodeEvent(event));
    if (line !== null) this.#lines.append(line);
    this.wake();
  }

  /** Sends the pending changes and all appended frames. */
  wake(): void {
    this.#clearTimer();
    this.flushChanges();
    this.#events.wake();
    this.#lines.wake();
  }

  /** Calls `wake` after the delay, unless it is called before. */
  scheduleWake(): void {
    if (this.#timer !== null || this.#isClosed) return;
    const { min, perMember, max, interval } = PRESENCE_DELAY_MS;
    const pauseMs = this.#changesSentMs + interval - performance.now();
    const delayMs = Math.max(min, pauseMs, Math.min(max, this.#events.size * perMember));
    this.#timer = setTimeout(() => {
      this.#changesSentMs = performance.now();
      this.wake();
    }, delayMs);
  }

  /** Stops the timer and drops the pending changes. */
  close(): void {
    this.#isClosed = true;
    this.#clearTimer();
    this.#changes.clear();
  }

  #isSubscribed(member: Person): boolean {
    return member instanceof Member && this.#events.has(member);
  }

  #subscribersOf(member: Member): Subscribers {
    return member.protocol === 1 ? this.#lines : this.#events;
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Splits the members by their right to know of an event. */
function splitByRight(
  subscribers: Subscribers,
  event: KeptEvent,
): { readonly entitled: Member[]; readonly unentitled: Member[] } {
  if (event.event !== "file") return { entitled: [], unentitled: [] };
  const { entitled = [], unentitled = [] } = Object.groupBy(
    subscribers.members(),
    (member) => member.mayKnow(event) ? "entitled" : "unentitled",
  );
  return { entitled, unentitled };
}
