import type { HistoryRange, JoinedRoom, RoomInfo } from "../protocol/chat_answers.ts";
import { hideFile, type RoomEntry } from "../protocol/chat_events.ts";
import { checkRoomName, SERVER_NAME } from "../protocol/chat_names.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { checkChatText } from "../protocol/text.ts";
import { notInRoom, roomUnknown } from "./chat_errors.ts";
import { CHAT_TEXTS, type ChatTexts, encodeNotice } from "./chat_texts.ts";
import type { ChatStore } from "./chat_store.ts";
import type { History } from "./history.ts";
import type { HubOptions } from "./hub_options.ts";
import type { Draft, Journal, Outcome, StoredEntry } from "./journal.ts";
import { draftOf, type FileAnnouncement, toRoomEvent } from "./kept_event.ts";
import type { Greeting, Member } from "./member.ts";
import { OPEN_NICKS } from "./nick_rules.ts";
import { Nicks } from "./nicks.ts";
import type { Room } from "./room.ts";
import { type MemberInfo, type NewMember, Presence } from "./presence.ts";
import { type Departure, PrivateMessages } from "./private_messages.ts";
import type { PrivateOutcome } from "./private_outcome.ts";
import { type RoomPage, Rooms } from "./rooms.ts";
import { Topics } from "./topics.ts";

/**
 * The chat of a server (section 3.9 of the protocol): members, rooms and messages.
 *
 * Members of both protocols share it. Methods throw or reject with a {@link RequestError}: `denied`
 * for a member that has left. Lists hold as many items as fit into an answer.
 */
export class Hub {
  /** The topics of the rooms. */
  readonly topics: Topics;
  /** The private messages of the members. */
  readonly privateMessages: PrivateMessages;
  readonly #texts: ChatTexts;
  readonly #history: History;
  readonly #journal: Journal;
  readonly #presence: Presence;

  /**
   * Uses the store, does not own it: close the hub first.
   *
   * @throws {RequestError} if the history cannot be read
   */
  constructor(store: ChatStore, options: HubOptions = {}) {
    const { language = "en", nickRules = OPEN_NICKS, receiptMs } = options;
    const { isHeldBack = () => false, loginMs = LIMITS.loginMs } = options;
    this.#texts = CHAT_TEXTS[language];
    this.#history = store.history;
    this.#history.prune();
    const rooms = new Rooms(this.#history, this.#texts);
    this.#presence = new Presence(
      rooms,
      new Nicks(nickRules),
      { afterMessages: (action) => this.#journal.after(action), isHeldBack, loginMs },
    );
    this.#journal = store.openJournal({
      lastSeq: (room) => rooms.find(room)?.seq ?? 0,
      deliver: (stored) => this.#deliver(stored),
    });
    this.topics = new Topics(this.#presence, store.history, this.#journal, this.#texts);
    const { kept } = store;
    this.privateMessages = new PrivateMessages(this.#presence, kept, this.#texts, receiptMs);
  }

  /** Adds a client to the lobby as `guest-N`, else as `guest-N-2` and so on. */
  enter(client: NewMember): Member {
    return this.#presence.enter(client);
  }

  /**
   * Switches a member to protocol 2: it gets its queued lines, and then events. It leaves the lobby if
   * it takes no part in the chat.
   */
  upgrade(member: Member, greeting: Greeting): void {
    this.#journal.flush();
    this.#presence.upgrade(member, greeting);
  }

  /** Removes a member. Repeated calls do nothing. @param how decides about its private messages */
  leave(member: Member, how: Departure = "lost"): void {
    this.#journal.flush();
    this.#presence.leave(member);
    this.privateMessages.leave(member, how);
  }

  /** Sets the account of a member: the member may use the account's name as its nick. */
  identify(member: Member, user: string, accountId: string | null = null): void {
    member.setUser(user, accountId);
  }

  /** Sets what a member that is away says; `null` if it is back. @throws {RequestError} `denied` */
  setAway(member: Member, text: string | null): void {
    this.#presence.requirePresent(member);
    member.setAway(text);
  }

  /**
   * Changes the nick of a member. The member and all that share a room with it get one event each.
   *
   * @returns the nick in NFC; on a server with accounts, a guest gets `guest-NICK`
   * @throws {RequestError} `bad-request` if it is malformed, `denied` if it is reserved, `exists`
   * if another member has it or one that looks like it
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
   * Announces a member that has logged in, unless it is announced already. The account's name becomes its
   * nick, unless another member has that.
   */
  admit(member: Member, nick: string): void {
    this.#journal.flush();
    if (member.hasLeft) return;
    try {
      this.#presence.rename(member, nick);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
    this.#presence.requirePresent(member);
  }

  /**
   * Adds a member to a room, which is created if it is missing. Joining a room twice is no error.
   *
   * @returns the members, and the number of the last message
   * @throws {RequestError} `bad-request` if the name is malformed, `denied` if the member is in 32
   * rooms, `busy` if there are 1,000 rooms, or as the history does
   */
  async join(member: Member, name: string): Promise<JoinedRoom> {
    await this.#journal.caughtUp();
    this.#presence.requirePresent(member);
    return this.#presence.join(member, name);
  }

  /** Removes a member from a room. Not being in the room is no error. */
  part(member: Member, name: string): void {
    this.#journal.flush();
    this.#presence.requirePresent(member);
    this.#presence.part(member, name);
  }

  /** Whether a member may speak in a room: it is in it, or takes no part in the chat. */
  maySpeakIn(member: Member, name: string): boolean {
    return !member.isPresent || this.#presence.roomOf(member, name) !== null;
  }

  /** The number of rooms with members. */
  get roomCount(): number {
    return this.#presence.rooms.occupiedCount;
  }

  /** The rooms with members, the largest first. */
  rooms(): RoomInfo[] {
    return this.#presence.rooms.list();
  }

  /** A page of all rooms with members or messages, in the order of names. @throws {RequestError} */
  roomsAfter(name: string): RoomPage {
    return this.#presence.rooms.page(name);
  }

  /** All rooms with members, the largest first, then those with messages. @throws {RequestError} */
  allRooms(): RoomInfo[] {
    return this.#presence.rooms.all();
  }

  /**
   * The members of a room, or without `name` of the server.
   *
   * @throws {RequestError} `denied` if the member is not in the room
   */
  async members(member: Member, name?: string): Promise<MemberInfo[]> {
    await this.#journal.caughtUp();
    this.#presence.requirePresent(member);
    const room = name === undefined ? null : this.#presence.requireRoom(member, name);
    return this.#presence.list(member, room);
  }

  /**
   * Sends a message to a room. Resolves once it is stored and delivered on this server; if it
   * rejects, the message is never delivered.
   *
   * @throws {RequestError} `denied` if the member is not in the room, `bad-request` if the text
   * breaks the rules, or as the journal does
   */
  async send(member: Member, name: string, text: string): Promise<Outcome> {
    this.#presence.requirePresent(member);
    if (!this.maySpeakIn(member, name)) throw notInRoom();
    checkChatText(text);
    const draft = { event: "message", from: member.nick, text, time: Date.now() } as const;
    return await this.#appendTo(name, draft, member);
  }

  /** Sends a private message as {@link PrivateMessages.send} does. */
  sendPrivately(member: Member, nick: string, text: string): Promise<PrivateOutcome> {
    return this.privateMessages.send(member, nick, text);
  }

  /**
   * Announces a file to a room. The room need not have members: the history keeps the event.
   *
   * @param from the nick of the uploader
   * @throws {RequestError} `busy` if the room is missing and there are too many, or as the journal
   * does
   */
  async announceFile(name: string, from: string, file: FileAnnouncement): Promise<Outcome> {
    return await this.#appendTo(name, draftOf(file, from), null);
  }

  /**
   * Sends a message of the server to a room with members or messages.
   *
   * @throws {RequestError} `not-found` if there is no such room, `bad-request` as `send` does, or
   * as the journal does
   */
  async sayAsServer(name: string, text: string): Promise<Outcome> {
    checkChatText(text);
    if (!this.#presence.rooms.isKnown(name)) throw roomUnknown();
    const draft = { event: "message", from: SERVER_NAME, text, time: Date.now() } as const;
    return await this.#appendTo(name, draft, null);
  }

  /** Sends a notice of the server to all members. No history keeps it. */
  notice(text: string): void {
    this.#journal.flush();
    this.#presence.broadcast({ event: "notice", text }, encodeNotice(text));
  }

  /** Sends a notice of the server to a single member. */
  noticeTo(member: Member, text: string): void {
    member.send({ event: "notice", text }, encodeNotice(text));
  }

  /** Sends `shutdown` to all members of protocol 2. */
  announceShutdown(): void {
    this.#journal.flush();
    this.#presence.broadcast({ event: "shutdown" }, null);
  }

  /**
   * The messages of a room, oldest first. Files that the member may not know of are hidden.
   *
   * @throws {RequestError} `denied` if the member is not in the room, or as the history does
   */
  async history(member: Member, name: string, range: HistoryRange = {}): Promise<RoomEntry[]> {
    await this.#journal.caughtUp();
    const room = this.#presence.requireRoom(member, name);
    this.#journal.flush();
    return this.#history.read(room.name, range).map((event) =>
      event.event === "file" && !member.mayKnow(event) ? hideFile(event) : toRoomEvent(event)
    );
  }

  /** Closes the journal and stops the timers. Members can still leave. */
  close(): void {
    this.privateMessages.close();
    this.#journal.close();
    this.#presence.close();
  }

  /** Stores an entry of a room, which need not have members. */
  async #appendTo(name: string, draft: Draft, author: Member | null): Promise<Outcome> {
    const { rooms } = this.#presence;
    const room = rooms.hold(checkRoomName(name));
    try {
      return await this.#journal.append({ room: name, draft }, author);
    } finally {
      rooms.unhold(room);
    }
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
}
