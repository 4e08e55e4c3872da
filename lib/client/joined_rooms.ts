import type { JoinedRoom } from "../protocol/chat_answers.ts";
import type { RoomEntry, RoomEvent } from "../protocol/chat_events.ts";
import type { Chat } from "./chat.ts";
import { RoomSequencer } from "./room_sequencer.ts";
import { syncRoom } from "./sync_room.ts";

/** Receives the messages of all rooms: those of each room in order, each once. */
export interface RoomsListener {
  /** @param isPast whether it comes from the history */
  onMessage(event: RoomEvent, isPast: boolean): void;
  /** The next `count` messages of a room are missing: the server does not keep them any more. */
  onMissed(room: string, count: number): void;
}

/** The rooms that a client is in, across its connections. */
export class JoinedRooms {
  readonly #listener: RoomsListener;
  readonly #sequencers = new Map<string, RoomSequencer>();

  /** @param rooms the rooms to join first */
  constructor(rooms: readonly string[], listener: RoomsListener) {
    this.#listener = listener;
    for (const room of rooms) this.#sequencer(room);
  }

  /** The names, in the order of joining. */
  get names(): string[] {
    return [...this.#sequencers.keys()];
  }

  /** Whether the client is in a room, or joins it on the next connection. */
  has(room: string): boolean {
    return this.#sequencers.has(room);
  }

  /** Call before each connection: holds messages back until `sync`. */
  pause(): void {
    for (const sequencer of this.#sequencers.values()) sequencer.pause();
  }

  /**
   * Joins a room, for the first time or again, and reports what was missed.
   *
   * @param history past messages to report when it is the first time
   * @throws as {@link Chat.join} does; a room that is new is not kept then
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

  /** Removes a room. */
  delete(room: string): void {
    this.#sequencers.delete(room);
  }

  /** Adds a message that has just arrived. Ignores those of other rooms. */
  addLive(event: RoomEntry): void {
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
