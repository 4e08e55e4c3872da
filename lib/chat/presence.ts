import type { JoinedRoom } from "../protocol/chat_answers.ts";
import type { ChatEvent } from "../protocol/chat_events.ts";
import { checkRoomName } from "../protocol/chat_names.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { hasLeft, notInRoom } from "./chat_errors.ts";
import { encodeNotice } from "./chat_texts.ts";
import { truncateToFrame } from "./truncate_to_frame.ts";
import { type Greeting, Member } from "./member.ts";
import type { NickClaims, RosterWatch } from "./neighbours.ts";
import type { NewMember } from "./new_member.ts";
import { announceNick, nickEvent } from "./nick_news.ts";
import type { Nicks } from "./nicks.ts";
import { PendingJoins } from "./pending_joins.ts";
import { type MemberInfo, memberInfo, type Person } from "./person.ts";
import type { RemoteMembers } from "./remote_members.ts";
import type { Room } from "./room.ts";
import type { Rooms } from "./rooms.ts";
import { sendNotice } from "./notices.ts";

/** What a {@link Presence} asks of its owner. */
export interface PresenceOptions {
  /** The members of other servers. */
  readonly remotes: RemoteMembers;
  /** Decides about nicks. Not asked by the constructor. */
  readonly claims: () => NickClaims;
  /** Is told of the members. Not told by the constructor. */
  readonly roster: () => RosterWatch;
  /** Runs an action once all messages sent before are delivered. */
  readonly afterMessages: (action: () => void) => void;
  /** Whether a member from a network that has sent nothing is announced later than others. */
  readonly isHeldBack: (network: string) => boolean;
  /** The longest that a member which is about to log in is not announced. */
  readonly loginMs: number;
}

/** How long a member that is held back is not announced, since it may be a browser's. */
const HELD_BACK_MS = 12_000;

/** The members of the server, their nicks and their rooms, and the lists of the members of all servers. */
export class Presence {
  readonly nicks: Nicks;
  readonly rooms: Rooms;
  readonly #remotes: RemoteMembers;
  /** By the numbers of their connections. */
  readonly #byNumber = new Map<number, Member>();
  readonly #claims: () => NickClaims;
  readonly #roster: () => RosterWatch;
  readonly #pending: PendingJoins;
  readonly #afterMessages: (action: () => void) => void;

  /**
   * Owns rooms and nicks.
   */
  constructor(
    rooms: Rooms,
    nicks: Nicks,
    { remotes, claims, roster, afterMessages, isHeldBack, loginMs }: PresenceOptions,
  ) {
    this.rooms = rooms;
    this.nicks = nicks;
    this.#remotes = remotes;
    this.#claims = claims;
    this.#roster = roster;
    this.#afterMessages = afterMessages;
    this.#pending = new PendingJoins(
      (member) => {
        rooms.recordChange(rooms.lobby, "joined", member);
        roster().onChange(member);
      },
      ({ isLoggingIn, network, protocol }) => {
        if (isLoggingIn) return loginMs;
        return protocol === 1 && network !== null && isHeldBack(network) ? HELD_BACK_MS : 0;
      },
    );
  }

  /**
   * Adds a client to the lobby, if it takes part in the chat. Other members get `joined` after a
   * delay.
   */
  enter({ number, user = null, ...client }: NewMember): Member {
    const nick = this.nicks.freeGuest(this.#claims().guestNumber(number));
    const member = new Member({ nick, user, number, ...client });
    this.nicks.add(member);
    this.#byNumber.set(number, member);
    if (!member.isPresent) return member;
    addMember(this.rooms.lobby, member);
    this.#pending.add(member);
    if (client.protocol === 2) this.#announceGreeted(member, client);
    return member;
  }

  /** Switches a member to protocol 2. It stays in its rooms if it is present. */
  upgrade(member: Member, greeting: Greeting): void {
    if (member.hasLeft || member.protocol === 2) return;
    const rooms = this.#roomsOf(member);
    for (const room of rooms) room.remove(member);
    member.setProtocol2(greeting);
    if (!greeting.present) return this.#withdraw(member, rooms);
    for (const room of rooms) room.add(member);
    this.#announceGreeted(member, greeting);
    this.tellRoster(member);
  }

  /** A member that is about to log in, or to take a nick, is announced when it is admitted, or acts. */
  #announceGreeted(member: Member, { login, rename }: Partial<Greeting>): void {
    if (!login && !rename) this.#pending.announce(member);
  }

  /** Ends the part that a member takes in the chat, whose rooms it is no longer in. */
  #withdraw(member: Member, rooms: readonly Room[]): void {
    member.setPresent(false);
    const wasAnnounced = !this.#pending.remove(member);
    for (const { name } of rooms) member.removeRoom(name);
    for (const room of rooms) this.#recordLeft(room, member, wasAnnounced);
    this.#afterMessages(() => this.#roster().onLeave(member, false));
  }

  /**
   * Removes a member from all rooms. There is no `left` event if `joined` was never sent.
   *
   * @param isLost whether it may come back
   */
  leave(member: Member, isLost: boolean): void {
    if (member.hasLeft) return;
    const rooms = this.#roomsOf(member);
    member.setLeft();
    const wasAnnounced = !this.#pending.remove(member);
    for (const room of rooms) this.#removeFrom(room, member, wasAnnounced);
    this.nicks.remove(member);
    this.#byNumber.delete(member.number);
    this.#claims().release(member);
    this.#afterMessages(() => this.#roster().onLeave(member, isLost));
  }

  /**
   * Checks that a member has not left, and announces it, since it acts.
   *
   * @throws {RequestError} `denied`
   */
  requirePresent(member: Member): void {
    if (member.hasLeft) throw hasLeft();
    this.#pending.announce(member);
  }

  /** The member of a connection, or `null`. */
  find(number: number): Member | null {
    return this.#byNumber.get(number) ?? null;
  }

  /** What other servers may know of a member has changed. */
  tellRoster(member: Member): void {
    if (this.isListed(member)) this.#roster().onChange(member);
  }

  /**
   * Changes the nick of a member, if it may have it. Every member that shares a room with it gets one
   * event. One that is not announced yet is announced after that.
   */
  async rename(member: Member, wanted: string): Promise<void> {
    if (member.hasLeft) throw hasLeft();
    try {
      const { nick, isOwn } = this.nicks.check(member, wanted);
      if (nick !== member.nick) await this.#claims().claim(member, nick, isOwn);
    } finally {
      if (!member.hasLeft) this.#pending.announce(member);
    }
  }

  /** A member has a nick from now on. @param place as of {@link NeighbourTarget.setNick} */
  setNick(member: Member, nick: string, place: "after" | "here"): void {
    const old = member.nick;
    if (member.hasLeft || nick === old) return;
    this.nicks.set(member, nick);
    if (this.#pending.has(member)) member.outlet.send(nickEvent(old, nick));
    else if (place === "here") announceNick(this.rooms, member, old);
    else this.#afterMessages(() => announceNick(this.rooms, member, old));
    this.tellRoster(member);
  }

  /** Adds a member to a room, if it is not in, and returns the state of the room. */
  join(member: Member, name: string): JoinedRoom {
    const joined = this.roomOf(member, name);
    const room = joined ?? this.#roomToJoin(member, name);
    room.flushChanges();
    member.outlet.gather();
    if (joined === null) {
      member.setPresent(true);
      addMember(room, member);
      this.rooms.recordChange(room, "joined", member);
      this.tellRoster(member);
    }
    const members = this.rooms.membersOf(room).filter((other) => this.isListed(other));
    return {
      members: truncateToFrame(members.map(({ nick }) => nick), room.topic),
      seq: room.seq,
      ...(room.topic !== null && { topic: room.topic }),
    };
  }

  /** Removes a member from a room, if it is in. */
  part(member: Member, name: string): void {
    const room = this.roomOf(member, name);
    if (room === null) return;
    member.removeRoom(name);
    this.#removeFrom(room, member, true);
    this.#afterMessages(() => this.tellRoster(member));
  }

  /** The room of that name, if the member is in; else `null`. */
  roomOf(member: Member, name: string): Room | null {
    return member.roomNames.includes(name) ? this.rooms.find(name) : null;
  }

  /** The room of that name, for a member that acts. @throws {RequestError} `denied` if it is not in */
  requireRoom(member: Member, name: string): Room {
    this.requirePresent(member);
    const room = this.roomOf(member, name);
    if (room === null) throw notInRoom();
    return room;
  }

  /** The members of a room, or with `null` of the server, as many as fit into an answer. */
  list(reader: Member, room: Room | null): MemberInfo[] {
    for (const listed of room === null ? this.#roomsOf(reader) : [room]) listed.flushChanges();
    reader.outlet.gather();
    const members = room === null ? this.#everyone() : this.rooms.membersOf(room);
    const present = members.filter((member) => this.isListed(member));
    return truncateToFrame(present.map(memberInfo));
  }

  *#everyone(): Generator<Person> {
    yield* this.nicks.members();
    yield* this.#remotes.members();
  }

  /** Shows a notice to all members of this server, or to those of an account. */
  notice(text: string, user: string | null = null): void {
    if (user === null) return this.broadcast({ event: "notice", text }, encodeNotice(text));
    for (const member of this.nicks.members()) {
      if (member.user === user) sendNotice(member, text);
    }
  }

  /** Sends an event to all members of this server at once. @param line for protocol 1; `null` for nothing */
  broadcast(event: ChatEvent, line: Uint8Array | null): void {
    const { lobby } = this.rooms;
    lobby.announce(event, line);
    for (const member of this.nicks.members()) {
      if (!lobby.has(member)) member.send(event, line);
    }
  }

  /** Stops the timers. Members can still leave. */
  close(): void {
    this.#pending.close();
    this.rooms.close();
  }

  #roomsOf(member: Member): Room[] {
    return member.roomNames.flatMap((name) => this.rooms.find(name) ?? []);
  }

  /** The room that a member is about to join. @throws {RequestError} */
  #roomToJoin(member: Member, name: string): Room {
    checkRoomName(name);
    if (member.roomNames.length < LIMITS.roomsPerClient) {
      return this.rooms.open(name, member.network);
    }
    const detail = `Cannot join: the client is in ${LIMITS.roomsPerClient} rooms`;
    throw new RequestError("denied", detail, { reason: "rooms-joined" });
  }

  /** A member is announced before it is listed: otherwise it could leave without a `left` event. */
  isListed(member: Person): boolean {
    if (!(member instanceof Member)) return true;
    return member.isPresent && !member.hasLeft && !this.#pending.has(member);
  }

  #removeFrom(room: Room, member: Member, wasAnnounced: boolean): void {
    room.remove(member);
    this.#recordLeft(room, member, wasAnnounced);
  }

  #recordLeft(room: Room, member: Member, wasAnnounced: boolean): void {
    this.#afterMessages(() => {
      if (wasAnnounced) this.rooms.recordChange(room, "left", member);
      this.rooms.release(room);
    });
  }
}

function addMember(room: Room, member: Member): void {
  room.add(member);
  member.addRoom(room.name);
}
