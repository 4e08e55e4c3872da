import { clearImmediate, setImmediate } from "node:timers";
import type { RoomEvent, RoomMessage, SharedFile } from "../protocol/chat_events.ts";
import { RequestError } from "../protocol/errors.ts";
import type { History } from "./history.ts";
import type { Member } from "./member.ts";
import type { Room } from "./room.ts";

/** So many messages are stored at once at the most. */
const MAX_WAITING = 1_000;

/** A message that has no number yet. */
export type Draft = Omit<RoomMessage, "seq" | "room"> | Omit<SharedFile, "seq" | "room">;

/** What the author of a message is told. */
export interface Sent {
  /** Its number in the room. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

interface Waiting {
  readonly room: Room;
  readonly draft: Draft;
  readonly author: Member | null;
  readonly done: PromiseWithResolvers<Sent>;
}

interface Numbered extends Waiting {
  readonly event: RoomEvent;
  readonly json: string;
}

/**
 * Stores the messages that come in one turn of the event loop in one transaction, and tells the rooms
 * then: nobody gets a message that the history does not have. When it cannot be stored, it counts as
 * never sent, and its number goes to the next one.
 */
export class MessageQueue {
  readonly #history: History;
  #waiting: Waiting[] = [];
  #immediate: ReturnType<typeof setImmediate> | null = null;
  #isClosed = false;

  /** Uses the history, does not own it. */
  constructor(history: History) {
    this.#history = history;
  }

  /**
   * Queues a message. Resolves when it is stored, and all connections of the room have it.
   *
   * @param author `null` for the server
   * @throws {RequestError} as the history does, or `shutting-down`
   */
  add(room: Room, draft: Draft, author: Member | null): Promise<Sent> {
    if (this.#isClosed) return Promise.reject(new RequestError("shutting-down"));
    const done = Promise.withResolvers<Sent>();
    this.#waiting.push({ room, draft, author, done });
    if (this.#waiting.length >= MAX_WAITING) this.commit();
    else this.#immediate ??= setImmediate(() => this.commit());
    return done.promise;
  }

  /** Stores and tells what waits, without waiting for the end of the turn. */
  commit(): void {
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#immediate = null;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    try {
      tell(this.#store(waiting));
    } catch (error) {
      for (const { done } of waiting) done.reject(error);
    }
  }

  /** Stores and tells what waits; what comes later is refused. */
  close(): void {
    this.commit();
    this.#isClosed = true;
  }

  #store(waiting: readonly Waiting[]): Map<Room, Numbered[]> {
    const stored = new Map<Room, Numbered[]>();
    const byRoom = Map.groupBy(waiting, ({ room }) => room);
    this.#history.append(Array.from(byRoom, ([room, messages]) => ({
      room: room.name,
      lastSeq: room.seq,
      number: (firstSeq) => {
        const ready = messages.map((message, i) => numbered(message, firstSeq + i));
        stored.set(room, ready);
        return ready.map(({ json }) => json);
      },
    })));
    return stored;
  }
}

function tell(stored: ReadonlyMap<Room, readonly Numbered[]>): void {
  for (const [room, messages] of stored) {
    for (const { event, json, author } of messages) room.publish(event, json, author);
  }
  for (const room of stored.keys()) room.wake();
  for (const { event: { seq, time }, done } of [...stored.values()].flat()) {
    done.resolve({ seq, time });
  }
}

function numbered(message: Waiting, seq: number): Numbered {
  const { draft, room } = message;
  const event: RoomEvent = { ...draft, seq, room: room.name };
  return { ...message, event, json: JSON.stringify(event) };
}
