import type { RoomEvent } from "../protocol/chat_events.ts";
import type { JoinedRoom } from "../protocol/chat_answers.ts";
import type { Chat } from "./chat.ts";
import { RoomSequencer } from "./room_sequencer.ts";
import { syncRoom } from "./sync_room.ts";

/** Receives the messages of all rooms; of each room, each message once, in their order. */
export interface RoomsListener {
  /** @param isPast it comes out of the history */
  onMessage(event: RoomEvent, isPast: boolean): void;
  /** So many messages of a room come next that the server does not keep any more. */
  onMissed(room: string, count: number): void;
}

/** The rooms that a client is in from one connection to the next. */
export class JoinedRooms {
  readonly #listener: RoomsListener;
  readonly #sequencers = new Map<string, RoomSequencer>();

  /** @param rooms those to be in at first */
  constructor(rooms: readonly string[], listener: RoomsListener) {
    this.#listener = listener;
    for (const room of rooms) this.#sequencer(room);
  }

  /** In the order of joining. */
  get names(): string[] {
    return [...this.#sequencers.keys()];
  }

  /** Whether a room is among them. */
  has(room: string): boolean {
    return this.#sequencers.has(room);
  }

  /** The connection is a new one: messages wait until `sync`. */
  pause(): void {
    for (const sequencer of this.#sequencers.values()) sequencer.pause();
  }

  /**
   * Joins a room, for the first time or again, and has what was missed told.
   *
   * @param history messages that are told when it is the first time
   * @throws as {@link Chat.join} does; then the room is among them only if it was before
   */
  async sync(chat: Chat, room: string, history: number): Promise<JoinedRoom> {
    const isNew = !this.#sequencers.has(room);
    try {
      return await syncRoom(chat, room, this.#sequencer(room), history);
    } catch (error) {
      if (isNew) this.#sequencers.delete(room);
      throw error;
    }
  }

  /** A room is not among them any more. */
  delete(room: string): void {
    this.#sequencers.delete(room);
  }

  /** Takes a message of a room. Those of other rooms are dropped. */
  addLive(event: RoomEvent): void {
    this.#sequencers.get(event.room)?.addLive(event);
  }

  #sequencer(room: string): RoomSequencer {
    const known = this.#sequencers.get(room);
    if (known !== undefined) return known;
    const sequencer = new RoomSequencer({
      onEvent: (event, isPast) => this.#listener.onMessage(event, isPast),
      onMissed: (count) => this.#listener.onMissed(room, count),
    });
    this.#sequencers.set(room, sequencer);
    return sequencer;
  }
}
