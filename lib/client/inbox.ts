import type { RoomEvent } from "../protocol/chat_events.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ReceivedEvent } from "./chat.ts";
import { JoinedRooms } from "./joined_rooms.ts";
import { PreHelloLines } from "./pre_hello_lines.ts";

/** Private messages that are remembered: more than a server keeps for a client. */
const MAX_PRIVATE_IDS = 4 * LIMITS.keptMessagesPerClient;

/** What an {@link Inbox} reports. Must not throw. */
export interface InboxListener {
  /** @param isPast whether it comes from the history */
  onEvent(event: ReceivedEvent, isPast: boolean): void;
  /** Called with each message of a room, before `onEvent`. */
  onMessage(event: RoomEvent): void;
  /** The next `count` messages of a room are missing: the server does not keep them any more. */
  onMissed(room: string, count: number): void;
}

/** What a reconnecting chat receives, over all its connections: each event once, those of a room in order. */
export class Inbox {
  /** The rooms that the client is in. */
  readonly rooms: JoinedRooms;
  readonly #listener: InboxListener;
  readonly #preHelloLines = new PreHelloLines();
  /** The private messages that were received last. */
  #privateIds: readonly string[] = [];

  /** @param rooms the rooms to join first */
  constructor(rooms: readonly string[], listener: InboxListener) {
    this.#listener = listener;
    this.rooms = new JoinedRooms(rooms, {
      onMessage: (event, isPast) => this.#onMessage(event, isPast),
      onMissed: (room, count) => listener.onMissed(room, count),
    });
  }

  /** Call before each connection: messages and lines are held back until the rooms are joined. */
  hold(): void {
    this.rooms.pause();
    this.#preHelloLines.hold();
  }

  /** Call when the rooms are joined: reports the lines that the history does not have. */
  release(): void {
    for (const text of this.#preHelloLines.release()) this.add({ event: "line", text });
  }

  /** Adds an event that has just arrived. */
  add(event: ReceivedEvent): void {
    if (event.event === "peers") return; // It concerns the connection
    if (event.event === "line" && this.#preHelloLines.add(event.text)) return;
    if ("room" in event && !this.rooms.has(event.room)) return; // The server puts each client in the lobby
    if ("id" in event && event.id !== undefined && this.#isKnown(event.id)) return;
    if ("seq" in event) this.rooms.addLive(event);
    else this.#listener.onEvent(event, false);
  }

  /** Whether a private message was received before: the server sends it until it is confirmed. */
  #isKnown(id: string): boolean {
    const isKnown = this.#privateIds.includes(id);
    if (!isKnown) this.#privateIds = [...this.#privateIds, id].slice(-MAX_PRIVATE_IDS);
    return isKnown;
  }

  #onMessage(event: RoomEvent, isPast: boolean): void {
    this.#listener.onMessage(event);
    if (!this.#preHelloLines.onMessage(event)) this.#listener.onEvent(event, isPast);
  }
}
