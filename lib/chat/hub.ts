import type { RoomEvent } from "../protocol/chat_events.ts";
import { checkRoomName, SERVER_NAME } from "../protocol/chat_names.ts";
import { type Language, RequestError } from "../protocol/errors.ts";
import { checkChatText } from "../protocol/text.ts";
import { CHAT_TEXTS, type ChatTexts, encodeLine, encodeNotice } from "./chat_texts.ts";
import type { History, HistoryRange } from "./history.ts";
import type { Journal, JournalTarget, Outcome, StoredEntry } from "./journal.ts";
import type { Member } from "./member.ts";
import { Nicks } from "./nicks.ts";
import { type JoinedRoom, type MemberInfo, type NewMember, Presence } from "./presence.ts";
import type { Room } from "./room.ts";
import { type RoomInfo, Rooms } from "./rooms.ts";

/** Options of a {@link Hub}; each has a default. */
export interface HubOptions {
  /** Language of the texts for protocol 1 clients. Default `en`. */
  readonly language?: Language;
  /** Whether a folded nick is the name of an account. Must not throw. Default: none is. */
  readonly isReservedNick?: (folded: string) => boolean;
}

/** Where a hub keeps its messages. */
export interface ChatStore {
  readonly history: History;
  /** Opens the journal, which delivers to `target`. The hub closes it. */
  openJournal(target: JournalTarget): Journal;
}

/** A file that was uploaded. */
export interface FileAnnouncement {
  /** Its path on the server. */
  readonly path: string;
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * The chat of a server (section 3.9 of the protocol): members, rooms and messages.
 *
 * Members of both protocols share it. A request that fails rejects or throws a {@link RequestError};
 * one in the name of a member that has left is `denied`. Lists hold as much as fits into an answer.
 */
export class Hub {
  readonly #texts: ChatTexts;
  readonly #history: History;
  readonly #journal: Journal;
  readonly #presence: Presence;

  /**
   * Uses the store, does not own it: close the hub first.
   *
   * @throws {RequestError} when the history cannot be read
   */
  constructor(store: ChatStore, options: HubOptions = {}) {
    const { language = "en", isReservedNick = () => false } = options;
    this.#texts = CHAT_TEXTS[language];
    this.#history = store.history;
    this.#history.prune();
    const rooms = new Rooms(this.#history, this.#texts);
    this.#presence = new Presence(
      rooms,
      new Nicks(isReservedNick),
      (action) => this.#journal.after(action),
    );
    this.#journal = store.openJournal({
      lastSeq: (room) => rooms.find(room)?.seq ?? 0,
      deliver: (stored) => this.#deliver(stored),
    });
  }

  /** Adds a client to the lobby, as `guest-N`, or `guest-N-2` and so on where that is taken. */
  enter(client: NewMember): Member {
    return this.#presence.enter(client);
  }

  /**
   * A client that entered with protocol 1 has said HELO: from now on it gets events. What waits for
   * it leaves before later frames.
   */
  upgrade(member: Member): void {
    this.#journal.flush();
    this.#presence.upgrade(member);
  }

  /** Removes a client. Repeated calls do nothing. */
  leave(member: Member): void {
    this.#journal.flush();
    this.#presence.leave(member);
  }

  /** A client has logged in: it may take the name of its account as its nick. */
  identify(member: Member, user: string): void {
    member.setUser(user);
  }

  /**
   * Gives a member another nick, and tells it and every member that shares a room with it, each once.
   *
   * @returns the nick in NFC
   * @throws {RequestError} `bad-request` when it is malformed, `denied` when it is reserved, `exists`
   * when it is taken
   */
  rename(member: Member, nick: string): Promise<string> {
    return Promise.try(() => {
      this.#journal.flush();
      this.#presence.requirePresent(member);
      this.#presence.rename(member, nick);
      return member.nick;
    });
  }

  /**
   * Lets a member into a room, which is made if it is not there. To be in already is no error.
   *
   * @returns who is in, and the number of the last message
   * @throws {RequestError} `bad-request` when the name is malformed, `denied` when the member is in
   * 32 rooms, `busy` when there are 1,000 rooms, or as the history does
   */
  async join(member: Member, name: string): Promise<JoinedRoom> {
    await this.#journal.caughtUp();
    this.#presence.requirePresent(member);
    return this.#presence.join(member, name);
  }

  /** Lets a member out of a room. Not to be in is no error. */
  part(member: Member, name: string): void {
    this.#journal.flush();
    this.#presence.requirePresent(member);
    this.#presence.part(member, name);
  }

  /** Whether a member is in a room. */
  isIn(member: Member, name: string): boolean {
    return this.#presence.roomOf(member, name) !== null;
  }

  /** How many rooms somebody is in. */
  get roomCount(): number {
    return this.#presence.rooms.occupiedCount;
  }

  /** The rooms that somebody is in, the largest first. */
  rooms(): RoomInfo[] {
    return this.#presence.rooms.list();
  }

  /**
   * Who is in a room, or on the server.
   *
   * @throws {RequestError} `denied` when the member is not in that room
   */
  async members(member: Member, name?: string): Promise<MemberInfo[]> {
    await this.#journal.caughtUp();
    this.#presence.requirePresent(member);
    const room = name === undefined ? null : this.#roomOf(member, name);
    return this.#presence.list(member, room);
  }

  /**
   * Says something in a room. Resolves when it is in the history and all connections have it; when it
   * rejects, nobody gets it.
   *
   * @throws {RequestError} `denied` when the member is not in that room, `bad-request` when the text
   * breaks the rules, or as the history does
   */
  async send(member: Member, name: string, text: string): Promise<Outcome> {
    const room = this.#roomOf(member, name);
    checkChatText(text);
    const draft = { event: "message", from: member.nick, text, time: Date.now() } as const;
    return await this.#journal.append({ room: room.name, draft }, member);
  }

  /**
   * Says something to somebody alone. Both ends get it; it is in no history.
   *
   * @throws {RequestError} `not-found` when nobody has that nick, `bad-request` as `send` does
   */
  sendTo(member: Member, nick: string, text: string): Promise<{ time: number }> {
    return Promise.try(() => {
      this.#presence.requirePresent(member);
      checkChatText(text);
      return this.#sendTo(member, this.#memberOf(nick), text);
    });
  }

  /**
   * Tells a room of a file. Nobody need be in: it is in the history.
   *
   * @param from the nick of who put it there
   * @throws {RequestError} `busy` when the room is not there and there are too many, or as the
   * history does
   */
  async announceFile(name: string, from: string, file: FileAnnouncement): Promise<Outcome> {
    const { path, sizeBytes: size, sha256 } = file;
    const room = this.#presence.rooms.open(checkRoomName(name));
    try {
      const draft = { event: "file", from, path, size, sha256, time: Date.now() } as const;
      return await this.#journal.append({ room: room.name, draft }, null);
    } finally {
      this.#presence.rooms.release(room);
    }
  }

  /**
   * Says something in a room in the name of the server.
   *
   * @throws {RequestError} `not-found` when nobody is in, `bad-request` as `send` does, or as the
   * history does
   */
  async sayAsServer(name: string, text: string): Promise<Outcome> {
    checkChatText(text);
    const room = this.#presence.rooms.find(name);
    if (room === null) {
      const reason = "room-unknown";
      throw new RequestError("not-found", "Cannot say it: nobody is in this room", { reason });
    }
    const draft = { event: "message", from: SERVER_NAME, text, time: Date.now() } as const;
    return await this.#journal.append({ room: room.name, draft }, null);
  }

  /** Tells everybody something in the name of the server. It is in no history. */
  notice(text: string): void {
    this.#journal.flush();
    this.#presence.tellAll({ event: "notice", text }, encodeNotice(text));
  }

  /** Tells somebody something in the name of the server. */
  noticeTo(member: Member, text: string): void {
    member.tell({ event: "notice", text }, encodeNotice(text));
  }

  /** Tells everybody who speaks protocol 2 that the server stops. */
  shutdown(): void {
    this.#journal.flush();
    this.#presence.tellAll({ event: "shutdown" }, null);
  }

  /**
   * What was said in a room, oldest first.
   *
   * @throws {RequestError} `denied` when the member is not in that room, or as the history does
   */
  async history(member: Member, name: string, range: HistoryRange = {}): Promise<RoomEvent[]> {
    await this.#journal.caughtUp();
    const room = this.#roomOf(member, name);
    this.#journal.flush();
    return this.#history.read(room.name, range);
  }

  /** Stores what waits, and ends what goes on by itself. Members who are there can still leave. */
  close(): void {
    this.#journal.close();
    this.#presence.close();
  }

  #deliver(stored: readonly StoredEntry[]): void {
    const rooms = new Set<Room>();
    for (const { event, json, author } of stored) {
      const room = this.#presence.rooms.find(event.room);
      if (room === null) continue;
      room.publish(event, json, author);
      rooms.add(room);
    }
    for (const room of rooms) room.wake();
  }

  #memberOf(nick: string): Member {
    const to = this.#presence.nicks.find(nick);
    if (to === null) {
      const reason = "nick-unknown";
      throw new RequestError("not-found", "Cannot send the message: nobody is there", { reason });
    }
    return to;
  }

  #sendTo(from: Member, to: Member, text: string): { time: number } {
    const time = Date.now();
    const event = { event: "message", to: to.nick, from: from.nick, text, time } as const;
    to.tell(event, encodeLine(this.#texts.privately(from.nick), text));
    if (from !== to) from.tell(event, null);
    return { time };
  }

  #roomOf(member: Member, name: string): Room {
    this.#presence.requirePresent(member);
    const room = this.#presence.roomOf(member, name);
    if (room !== null) return room;
    const reason = "room-not-in";
    throw new RequestError("denied", "Cannot do this: not in the room", { reason });
  }
}
