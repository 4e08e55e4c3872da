import { KeyCounts } from "../async/key_counts.ts";
import type { RoomInfo } from "../protocol/chat_answers.ts";
import { LOBBY } from "../protocol/chat_names.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ChatTexts } from "./chat_texts.ts";
import { truncateToFrame } from "./truncate_to_frame.ts";
import type { History, StoredRoom } from "./history.ts";
import type { Person } from "./person.ts";
import type { RemoteMembers } from "./remote_members.ts";
import { Room } from "./room.ts";

/** The largest number of rooms on a page. */
const PAGE_ROOMS = 256;

/** A page of the list of all rooms. */
export interface RoomPage {
  /** In the order of names. */
  readonly rooms: readonly RoomInfo[];
  /** Whether there may be further rooms; absent if not. */
  readonly more?: true;
}

/** The rooms with members of this server, and the lobby, which always exists. */
export class Rooms {
  readonly lobby: Room;
  readonly #rooms = new Map<string, Room>();
  /** The number of rooms by the network that made them. */
  readonly #byNetwork = new KeyCounts<string>();
  /** The number of messages of each room that wait to be stored. */
  readonly #holds = new KeyCounts<Room>();
  readonly #history: History;
  readonly #remotes: RemoteMembers;
  readonly #texts: ChatTexts;

  /**
   * @param remotes the members of other servers, who count in the rooms that they are in
   * @throws {RequestError} if the history cannot be read
   */
  constructor(history: History, remotes: RemoteMembers, texts: ChatTexts) {
    this.#history = history;
    this.#remotes = remotes;
    this.#texts = texts;
    this.lobby = this.open(LOBBY);
  }

  /** The room of a name, or `null`. */
  find(name: string): Room | null {
    return this.#rooms.get(name) ?? null;
  }

  /**
   * The room of a name, created if it is missing.
   *
   * @param network that the room counts for; `null` for none
   * @throws {RequestError} `busy` if there are too many, or as the history does
   */
  open(name: string, network: string | null = null): Room {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    if (this.#rooms.size >= LIMITS.rooms) {
      const detail = `Cannot make this room: there are ${LIMITS.rooms} already`;
      throw new RequestError("busy", detail, { reason: "rooms-full" });
    }
    if (network !== null && this.#byNetwork.of(network) >= LIMITS.roomsPerNetwork) {
      const detail =
        `Cannot make this room: ${LIMITS.roomsPerNetwork} were made from there already`;
      throw new RequestError("busy", detail, { reason: "rooms-full" });
    }
    const [seq, topic] = [this.#history.lastSeq(name), this.#history.topic(name)];
    const room = new Room({ name, seq, topic, texts: this.#texts, network });
    this.#rooms.set(name, room);
    if (network !== null) this.#byNetwork.increment(network);
    return room;
  }

  /** Opens a room, and keeps it while a message waits to be stored: the room has its number. */
  hold(name: string): Room {
    const room = this.open(name);
    this.#holds.increment(room);
    return room;
  }

  /** Ends one hold of a room, and releases it. */
  unhold(room: Room): void {
    this.#holds.decrement(room);
    this.release(room);
  }

  /** Removes a room that has no members and is not held. Its messages stay in the history. */
  release(room: Room): void {
    if (room === this.lobby || room.size > 0 || this.#holds.of(room) > 0) return;
    room.close();
    if (this.#rooms.get(room.name) !== room) return;
    this.#rooms.delete(room.name);
    if (room.network !== null) this.#byNetwork.decrement(room.network);
  }

  /** The number of rooms with members of this server. */
  get occupiedCount(): number {
    return [...this.#rooms.values()].filter(({ size }) => size > 0).length;
  }

  /**
   * The rooms with members of any server, the largest first, as many as fit into an answer.
   *
   * @throws {RequestError} as the history does
   */
  list(): RoomInfo[] {
    const rooms = this.#occupied("").map(({ room, members, seq }) => ({ room, members, seq }));
    return truncateToFrame(rooms.sort((a, b) => b.members - a.members));
  }

  /** The number of members of any server in a room. */
  sizeOf(name: string): number {
    return (this.find(name)?.size ?? 0) + this.#remotes.in(name).size;
  }

  /** The members of any server in a room, those of this one first. */
  *membersOf(room: Room): Generator<Person> {
    yield* room.members();
    yield* this.#remotes.in(room.name);
  }

  /**
   * Announces in a room that a member of any server has joined or left, unless the room is as large as
   * only a cluster's can be.
   */
  recordChange(room: Room, event: "joined" | "left", member: Person): void {
    const remote = this.#remotes.in(room.name).size;
    if (remote > 0 && remote + room.size > LIMITS.presenceMembers) return;
    room.recordChange(event, member);
  }

  /** The rooms with members of any server, whose names follow another. */
  #occupied(after: string): RoomInfo[] {
    const here = [...this.#rooms.values()].filter(({ name, size }) => size > 0 && name > after);
    const infos = here.map(({ name, seq, topic }) =>
      roomInfo(name, this.sizeOf(name), seq, topic?.text)
    );
    const elsewhere = Iterator.from(this.#remotes.roomNames())
      .filter((name) => name > after && (this.find(name)?.size ?? 0) === 0)
      .map((name) => this.#remoteInfo(name));
    return [...infos, ...elsewhere];
  }

  /** A room that has members on other servers only. */
  #remoteInfo(name: string): RoomInfo {
    const topic = this.#history.topic(name)?.text;
    return roomInfo(name, this.sizeOf(name), this.#history.lastSeq(name), topic);
  }

  /**
   * The rooms with members or messages whose names follow another, as many as fit on a page.
   *
   * @throws {RequestError} as the history does
   */
  page(after: string): RoomPage {
    const stored = this.#history.rooms(after, PAGE_ROOMS);
    const sorted = this.#withOccupied(stored, after).sort((a, b) => a.room < b.room ? -1 : 1);
    const rooms = truncateToFrame(sorted.slice(0, PAGE_ROOMS));
    const isLast = rooms.length === sorted.length && stored.length < PAGE_ROOMS;
    return isLast ? { rooms } : { rooms, more: true };
  }

  /**
   * All rooms with members or messages, the largest first.
   *
   * @throws {RequestError} as the history does
   */
  all(): RoomInfo[] {
    const stored = this.#history.rooms("", LIMITS.roomsRemembered);
    return this.#withOccupied(stored, "")
      .sort((a, b) => b.members - a.members || (a.room < b.room ? -1 : 1));
  }

  /** Rooms with messages, and those with members, whose names follow another. */
  #withOccupied(stored: readonly StoredRoom[], after: string): RoomInfo[] {
    const found = new Map<string, RoomInfo>();
    for (const { room, seq, topic } of stored) {
      found.set(room, roomInfo(room, 0, seq, topic ?? undefined));
    }
    for (const info of this.#occupied(after)) found.set(info.room, info);
    return [...found.values()];
  }

  /** Whether a room has members, or had messages. @throws {RequestError} as the history does */
  isKnown(name: string): boolean {
    return this.#rooms.has(name) || this.sizeOf(name) > 0 || this.#history.lastSeq(name) > 0;
  }

  /** Appends the pending changes of all rooms to their logs. */
  flushChanges(): void {
    for (const room of this.#rooms.values()) room.flushChanges();
  }

  /** Stops the timers of all rooms. */
  close(): void {
    for (const room of this.#rooms.values()) room.close();
  }
}

function roomInfo(room: string, members: number, seq: number, topic?: string): RoomInfo {
  return { room, members, seq, ...(topic !== undefined && { topic }) };
}
