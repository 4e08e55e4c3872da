import { deadline } from "../async/deadline.ts";
import type { HistoryRange, JoinedRoom, RoomInfo } from "../protocol/chat_answers.ts";
import type { ChatEvent, RoomEntry } from "../protocol/chat_events.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { alone } from "./alone.ts";
import { CHAT_TEXTS } from "./chat_texts.ts";
import type { ChatStore } from "./chat_store.ts";
import type { HubOptions } from "./hub_options.ts";
import type { Journal, Outcome } from "./journal.ts";
import type { FileAnnouncement } from "./kept_event.ts";
import { LostMembers } from "./lost_members.ts";
import type { Greeting, Member } from "./member.ts";
import { neighbourTarget } from "./neighbour_target.ts";
import type { Neighbours } from "./neighbours.ts";
import { OPEN_NICKS } from "./nick_rules.ts";
import type { NewMember } from "./new_member.ts";
import { Nicks } from "./nicks.ts";
import { OtherMembers } from "./other_members.ts";
import type { MemberInfo } from "./person.ts";
import { Presence } from "./presence.ts";
import { type Departure, PrivateMessages } from "./private_messages.ts";
import type { PrivateOutcome } from "./private_outcome.ts";
import { RemoteMembers } from "./remote_members.ts";
import { deliverStored, RoomMessages } from "./room_messages.ts";
import { type RoomPage, Rooms } from "./rooms.ts";
import { sendNotice, StandingNotice } from "./notices.ts";
import { Topics } from "./topics.ts";

/**
 * The chat of a server (section 3.9 of the protocol): members, rooms and messages.
 *
 * Members of both protocols share it, and so do the servers of a cluster. Methods throw or reject with a {@link RequestError}: `denied`
 * for a member that has left. Lists hold as many items as fit into an answer.
 */
export class Hub {
  /** What is told to those that come. */
  readonly standing: StandingNotice = new StandingNotice();
  /** The topics of the rooms. */
  readonly topics: Topics;
  /** The members of the other servers. */
  readonly others: OtherMembers;
  /** The private messages of the members. */
  readonly privateMessages: PrivateMessages;
  readonly #journal: Journal;
  readonly #presence: Presence;
  readonly #neighbours: Neighbours;
  readonly #messages: RoomMessages;

  /**
   * Uses the store, does not own it: close the hub first.
   *
   * @throws {RequestError} if the history cannot be read
   */
  constructor(store: ChatStore, options: HubOptions = {}) {
    const { language = "en", nickRules = OPEN_NICKS, receiptMs } = options;
    const { isHeldBack = () => false, loginMs = LIMITS.loginMs } = options;
    const texts = CHAT_TEXTS[language];
    const { history } = store;
    history.prune();
    const remotes = new RemoteMembers();
    const lost = new LostMembers();
    this.others = new OtherMembers(remotes, () => this.#neighbours);
    const presence = new Presence(new Rooms(history, remotes, texts), new Nicks(nickRules), {
      remotes,
      claims: () => this.#neighbours.claims,
      roster: () => this.#neighbours.roster,
      afterMessages: (action) => this.#journal.after(action),
      isHeldBack,
      loginMs,
    });
    const journal = store.openJournal({
      lastSeq: (room) => presence.rooms.find(room)?.seq ?? 0,
      deliver: (stored) => deliverStored(presence, stored),
    });
    const target = neighbourTarget({
      presence,
      remotes,
      lost,
      others: this.others,
      topics: () => this.topics,
      privateMessages: () => this.privateMessages,
    });
    const neighbours = store.openNeighbours?.(target) ?? alone({ ...store, journal }, target);
    this.#presence = presence;
    this.#journal = journal;
    this.#neighbours = neighbours;
    this.#messages = new RoomMessages({ presence, history, journal, roster: neighbours.roster });
    this.topics = new Topics(presence, neighbours.topics, texts);
    const parts = { presence, remotes, lost, neighbours, texts, receiptMs };
    this.privateMessages = new PrivateMessages(parts);
  }

  /** Adds a client to the lobby as `guest-N`, else as `guest-N-2` and so on. */
  enter(client: NewMember): Member {
    const member = this.#presence.enter(client);
    this.standing.add(member);
    return member;
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
    this.#presence.leave(member, how !== "quit");
    this.privateMessages.leave(member, how);
  }

  /** Sets the account of a member: the member may use the account's name as its nick. */
  identify(member: Member, user: string, accountId: string | null = null): void {
    member.setUser(user, accountId);
    this.#presence.tellRoster(member);
  }

  /** Sets what a member that is away says; `null` if it is back. @throws {RequestError} `denied` */
  setAway(member: Member, text: string | null): void {
    this.#presence.requirePresent(member);
    member.setAway(text);
    this.#presence.tellRoster(member);
  }

  /**
   * Changes the nick of a member. The member and all that share a room with it get one event each; one that is not
   * announced yet is announced after that.
   *
   * @returns the nick in NFC; on a server with accounts, a guest gets `guest-NICK`
   * @throws {RequestError} `bad-request` if it is malformed, `denied` if it is reserved, `exists`
   * if another member of any server has it or one that looks like it, or as the journal does
   */
  async rename(member: Member, nick: string): Promise<string> {
    this.#journal.flush();
    await this.#presence.rename(member, nick);
    return member.nick;
  }

  /**
   * Announces a member that has logged in, unless it is announced already. The account's name becomes its
   * nick, unless another member has that; later, while the log of a cluster cannot be reached.
   */
  async admit(member: Member, nick: string): Promise<void> {
    this.#journal.flush();
    if (member.hasLeft) return;
    try {
      await deadline(this.#presence.rename(member, nick), CLUSTER_LIMITS.loginNickMs, undefined);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
    if (!member.hasLeft) this.#presence.requirePresent(member);
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
    return this.#messages.maySpeakIn(member, name);
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
  send(member: Member, name: string, text: string): Promise<Outcome> {
    return this.#messages.send(member, name, text);
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
  announceFile(name: string, from: string, file: FileAnnouncement): Promise<Outcome> {
    return this.#messages.announceFile(name, from, file);
  }

  /**
   * Sends a message of the server to a room with members or messages.
   *
   * @throws {RequestError} `not-found` if there is no such room, `bad-request` as `send` does, or
   * as the journal does
   */
  sayAsServer(name: string, text: string): Promise<Outcome> {
    return this.#messages.sayAsServer(name, text);
  }

  /** Sends a notice of the server to all members of this server. No history keeps it. */
  notice(text: string): void {
    this.#journal.flush();
    this.#presence.notice(text);
  }

  /** Sends a notice to all members of all servers, as far as they can be reached. */
  announce(text: string): void {
    this.notice(text);
    this.#neighbours.announce(text);
  }

  /** Sends a notice of the server to a single member. */
  noticeTo(member: Member, text: string): void {
    sendNotice(member, text);
  }

  /** Sends a notice of the server to the members of an account, on all servers. */
  noticeToAccount(user: string, text: string): void {
    this.#neighbours.announce(text, user);
    this.#presence.notice(text, user);
  }

  /** Sends an event about the servers to all members of protocol 2 of this one. */
  tellAll(event: Extract<ChatEvent, { event: "shutdown" | "peers" }>): void {
    this.#journal.flush();
    this.#presence.broadcast(event, null);
  }

  /**
   * The messages of a room, oldest first. Files that the member may not know of are hidden.
   *
   * @throws {RequestError} `denied` if the member is not in the room, or as the history does
   */
  history(member: Member, name: string, range: HistoryRange = {}): Promise<RoomEntry[]> {
    return this.#messages.history(member, name, range);
  }

  /** Closes the journal and stops the timers. Members can still leave. */
  close(): void {
    this.privateMessages.close();
    this.#neighbours.close();
    this.#journal.close();
    this.#presence.close();
  }
}
