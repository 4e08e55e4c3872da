import type { DatabaseSync } from "node:sqlite";
import type { RoomEvent } from "../protocol/chat_events.ts";
import { checkRoomName, SERVER_NAME } from "../protocol/chat_names.ts";
import { type Language, RequestError } from "../protocol/errors.ts";
import { checkChatText } from "../protocol/text.ts";
import { type JoinedRoom, type MemberInfo, type NewMember, Presence } from "./presence.ts";
import { CHAT_TEXTS, type ChatTexts, encodeLine, encodeNotice } from "./chat_texts.ts";
import { History, type HistoryOptions, type HistoryRange } from "./history.ts";
import type { Member } from "./member.ts";
import { MessageQueue, type Sent } from "./message_queue.ts";
import { Nicks } from "./nicks.ts";
import type { Room } from "./room.ts";
import { type RoomInfo, Rooms } from "./rooms.ts";

/** What a hub can be told; everything has a default. */
export interface HubOptions extends HistoryOptions {
  /** Language of what protocol 1 clients are told. Default `en`. */
  readonly language?: Language;
  /** Whether a nick, folded, is the name of an account. Must not throw. Default: there are none. */
  readonly isReservedNick?: (folded: string) => boolean;
}

/** A file that somebody put on the server. */
export interface FileAnnouncement {
  /** The path that it can be asked for. */
  readonly path: string;
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * The chat of a server (section 7 of the protocol): who is there, the rooms, and what is said.
 *
 * Members of both protocol levels share it. Requests that fail throw or reject with a
 * {@link RequestError}; one in the name of a member who has left is `denied`. Lists hold as much as
 * fits into an answer.
 */
export class Hub {
  readonly #texts: ChatTexts;
  readonly #history: History;
  readonly #queue: MessageQueue;
  readonly #attendance: Presence;

  /**
   * Uses the database, does not own it: close the hub first.
   *
   * @throws {RequestError} when the database cannot be read
   */
  constructor(database: DatabaseSync, options: HubOptions = {}) {
    const { language = "en", isReservedNick = () => false, ...bounds } = options;
    this.#texts = CHAT_TEXTS[language];
    this.#history = new History(database, bounds);
    this.#history.prune();
    this.#queue = new MessageQueue(this.#history);
    const rooms = new Rooms(this.#history, this.#texts);
    this.#attendance = new Presence(rooms, new Nicks(isReservedNick));
  }

  /** How many are there. */
  get size(): number {
    return this.#attendance.nicks.size;
  }

  /** Lets a client in: into the lobby, as `guest-N`, or where that is taken, `guest-N-2` and so on. */
  enter(entrance: NewMember): Member {
    return this.#attendance.enter(entrance);
  }

  /**
   * A client that came as one of protocol 1 has said HELO: from now on it gets events. What waits for
   * it leaves before what is sent to it after this call.
   */
  upgrade(member: Member): void {
    this.#queue.commit();
    this.#attendance.upgrade(member);
  }

  /** A connection turned out to be for data alone. If it says so at once, nobody ever saw it. */
  detach(member: Member): void {
    this.leave(member);
  }

  /** Lets a client out. Repeated calls do nothing. */
  leave(member: Member): void {
    this.#queue.commit();
    this.#attendance.leave(member);
  }

  /** A client has logged in: it may take its account's name as its nick. */
  identify(member: Member, user: string): void {
    member.user = user;
  }

  /**
   * Gives a member another nick, and tells it and everybody who shares a room with it, each once.
   *
   * @returns the nick in NFC
   * @throws {RequestError} `bad-request` when it is malformed, `denied` when it is reserved, `exists`
   * when somebody has it
   */
  rename(member: Member, nick: string): string {
    this.#queue.commit();
    this.#attendance.requirePresent(member);
    this.#attendance.rename(member, nick);
    return member.nick;
  }

  /**
   * Lets a member into a room, which is made if it is not there. To be in already is no error.
   *
   * @returns who is in, and the number of the last message
   * @throws {RequestError} `bad-request` when the name is malformed, `denied` when the member is in
   * 32 rooms, `busy` when there are 1,000 rooms, or as the history does
   */
  join(member: Member, name: string): JoinedRoom {
    this.#attendance.requirePresent(member);
    return this.#attendance.join(member, name);
  }

  /** Lets a member out of a room. Not to be in is no error. */
  part(member: Member, name: string): void {
    this.#queue.commit();
    this.#attendance.requirePresent(member);
    this.#attendance.part(member, name);
  }

  /** Whether a member is in a room. */
  isIn(member: Member, name: string): boolean {
    return this.#attendance.roomOf(member, name) !== null;
  }

  /** How many rooms somebody is in. */
  get roomCount(): number {
    return this.#attendance.rooms.occupiedCount;
  }

  /** The rooms that somebody is in, the largest first. */
  rooms(): RoomInfo[] {
    return this.#attendance.rooms.list();
  }

  /**
   * Who is in a room, or on the server.
   *
   * @throws {RequestError} `denied` when the member is not in that room
   */
  members(member: Member, name?: string): MemberInfo[] {
    this.#attendance.requirePresent(member);
    const room = name === undefined ? null : this.#roomOf(member, name);
    return this.#attendance.list(member, room);
  }

  /**
   * Says something in a room. Resolves when it is in the history and all connections have it; when it
   * rejects, nobody gets it.
   *
   * @throws {RequestError} `denied` when the member is not in that room, `bad-request` when the text
   * breaks the rules, or as the history does
   */
  async send(member: Member, name: string, text: string): Promise<Sent> {
    const room = this.#roomOf(member, name);
    checkChatText(text);
    const draft = { event: "message", from: member.nick, text, time: Date.now() } as const;
    return await this.#queue.add(room, draft, member);
  }

  /**
   * Says something to somebody alone. Both ends get it; it is in no history.
   *
   * @throws {RequestError} `not-found` when nobody has that nick, `bad-request` as `send` does
   */
  sendTo(member: Member, nick: string, text: string): { time: number } {
    this.#attendance.requirePresent(member);
    checkChatText(text);
    const to = this.#attendance.nicks.find(nick);
    if (to === null) {
      const reason = "nick-unknown";
      throw new RequestError("not-found", "Cannot send the message: nobody is there", { reason });
    }
    const event = {
      event: "message",
      to: to.nick,
      from: member.nick,
      text,
      time: Date.now(),
    } as const;
    to.tell(event, encodeLine(this.#texts.privately(member.nick), text));
    if (member !== to) member.tell(event, null);
    return { time: event.time };
  }

  /**
   * Tells a room of a file. Nobody need be in: it is in the history.
   *
   * @param from the nick of who put it there
   * @throws {RequestError} `busy` when the room is not there and there are too many, or as the
   * history does
   */
  async announceFile(name: string, from: string, file: FileAnnouncement): Promise<Sent> {
    const { path, sizeBytes: size, sha256 } = file;
    const room = this.#attendance.rooms.open(checkRoomName(name));
    try {
      const draft = { event: "file", from, path, size, sha256, time: Date.now() } as const;
      return await this.#queue.add(room, draft, null);
    } finally {
      this.#attendance.rooms.release(room);
    }
  }

  /**
   * Says something in a room in the name of the server.
   *
   * @throws {RequestError} `not-found` when nobody is in, `bad-request` as `send` does, or as the
   * history does
   */
  async sayAsServer(name: string, text: string): Promise<Sent> {
    checkChatText(text);
    const room = this.#attendance.rooms.find(name);
    if (room === null) {
      const reason = "room-unknown";
      throw new RequestError("not-found", "Cannot say it: nobody is in this room", { reason });
    }
    const draft = { event: "message", from: SERVER_NAME, text, time: Date.now() } as const;
    return await this.#queue.add(room, draft, null);
  }

  /** Tells everybody something in the name of the server. It is in no history. */
  notice(text: string): void {
    this.#queue.commit();
    this.#attendance.tellAll({ event: "notice", text }, encodeNotice(text));
  }

  /** Tells somebody something in the name of the server. */
  noticeTo(member: Member, text: string): void {
    member.tell({ event: "notice", text }, encodeNotice(text));
  }

  /** Tells everybody who speaks protocol 2 that the server stops. */
  shutdown(): void {
    this.#queue.commit();
    this.#attendance.tellAll({ event: "shutdown" }, null);
  }

  /**
   * What was said in a room, oldest first.
   *
   * @throws {RequestError} `denied` when the member is not in that room, or as the history does
   */
  history(member: Member, name: string, range: HistoryRange = {}): RoomEvent[] {
    const room = this.#roomOf(member, name);
    this.#queue.commit();
    return this.#history.read(room.name, range);
  }

  /** Stores what waits, and ends what goes on by itself. Members who are there can still leave. */
  close(): void {
    this.#queue.close();
    this.#attendance.close();
  }

  #roomOf(member: Member, name: string): Room {
    this.#attendance.requirePresent(member);
    const room = this.#attendance.roomOf(member, name);
    if (room !== null) return room;
    const reason = "room-not-in";
    throw new RequestError("denied", "Cannot do this: not in the room", { reason });
  }
}
