import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ChatTexts } from "./chat_texts.ts";
import type { History } from "./history.ts";
import { takeWithinFrame } from "./frame_budget.ts";
import { Room } from "./room.ts";

/** The room where everybody begins. */
export const LOBBY = "lobby";

/** A room as the list of rooms has it. */
export interface RoomInfo {
  /** Its name, without a `#`. */
  readonly room: string;
  /** How many are in. */
  readonly members: number;
  /** The number of the last message. */
  readonly seq: number;
}

/** The rooms that somebody is in, and the lobby, which is always there. */
export class Rooms {
  readonly lobby: Room;
  readonly #rooms = new Map<string, Room>();
  readonly #history: History;
  readonly #texts: ChatTexts;

  /** @throws {RequestError} when the history cannot be read */
  constructor(history: History, texts: ChatTexts) {
    this.#history = history;
    this.#texts = texts;
    this.lobby = this.open(LOBBY);
  }

  /** A room that is there, or `null`. */
  find(name: string): Room | null {
    return this.#rooms.get(name) ?? null;
  }

  /**
   * A room, made if it is not there.
   *
   * @throws {RequestError} `busy` when there are too many, or as the history does
   */
  open(name: string): Room {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    if (this.#rooms.size >= LIMITS.rooms) {
      const detail = `Cannot make this room: there are ${LIMITS.rooms} already`;
      throw new RequestError("busy", detail, { reason: "rooms-full" });
    }
    const room = new Room(name, this.#history.lastSeq(name), this.#texts);
    this.#rooms.set(name, room);
    return room;
  }

  /**
   * Lets go of a room if nobody is in. What was said in it stays in the history; no message of it may
   * still wait to be stored.
   */
  release(room: Room): void {
    if (room === this.lobby || room.size > 0) return;
    room.close();
    if (this.#rooms.get(room.name) === room) this.#rooms.delete(room.name);
  }

  /** How many of them somebody is in. */
  get occupiedCount(): number {
    return [...this.#rooms.values()].filter(({ size }) => size > 0).length;
  }

  /** The rooms that somebody is in, the largest first, as many as fit into an answer. */
  list(): RoomInfo[] {
    const rooms = [...this.#rooms.values()].filter(({ size }) => size > 0);
    rooms.sort((a, b) => b.size - a.size);
    return takeWithinFrame(
      rooms.map(({ name, size, seq }) => ({ room: name, members: size, seq })),
    );
  }

  /** Makes certain that what changed in any of them will be told. */
  flushChanges(): void {
    for (const room of this.#rooms.values()) room.flushChanges();
  }

  /** Ends what goes on in them by itself. */
  close(): void {
    for (const room of this.#rooms.values()) room.close();
  }
}
