import type { JoinedRoom } from "../protocol/chat_answers.ts";
import { type ChatEvent, encodeEvent } from "../protocol/chat_events.ts";
import { checkRoomName } from "../protocol/chat_names.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { notInRoom } from "./chat_errors.ts";
import { truncateToFrame } from "./truncate_to_frame.ts";
import { type Greeting, Member } from "./member.ts";
import type { Nicks } from "./nicks.ts";
import type { Outlet } from "./outlet.ts";
import { PendingJoins } from "./pending_joins.ts";
import type { Room } from "./room.ts";
import type { Rooms } from "./rooms.ts";

/** A client that enters the chat. */
export interface NewMember extends Partial<Greeting> {
  readonly outlet: Outlet;
  /** The protocol of the connection; 1 before HELO. */
  readonly protocol: 1 | 2;
  /** The number of the connection. */
  readonly number: number;
  /** The name of the account. Default `null`. */
  readonly user?: string | null;
  /** Names the account for ever. Default `null`. */
  readonly accountId?: string | null;
  /** The network of the client, whose rooms are counted together. Default `null`: they are not. */
  readonly network?: string | null;
  /** Whether the client may read a file now. Default: it may read every file. */
  readonly mayRead?: (path: string) => boolean;
}

/** A member in an answer to WHOS. */
export interface MemberInfo {
  readonly nick: string;
  readonly user?: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly protocol: 1 | 2;
  /** What the client says while it is away. */
  readonly away?: string;
}

/** What a {@link Presence} asks of its owner. */
export interface PresenceOptions {
  /** Runs an action once all messages sent before are delivered. */
  readonly afterMessages: (action: () => void) => void;
  /** Whether a member from a network that has sent nothing is announced later than others. */
  readonly isHeldBack: (network: string) => boolean;
  /** The longest that a member which is about to log in is not announced. */
  readonly loginMs: number;
}

/** How long a member that is held back is not announced, since it may be a browser's. */
const HELD_BACK_MS = 12_000;

/** The members of the server, their nicks and their rooms. */
export class Presence {
  readonly nicks: Nicks;
  readonly rooms: Rooms;
  readonly #pending: PendingJoins;
  readonly #afterMessages: (action: () => void) => void;

  /**
   * Owns rooms and nicks.
   */
  constructor(
    rooms: Rooms,
    nicks: Nicks,
    { afterMessages, isHeldBack, loginMs }: PresenceOptions,
  ) {
    this.rooms = rooms;
    this.nicks = nicks;
    this.#afterMessages = afterMessages;
    this.#pending = new PendingJoins(
      (member) => rooms.lobby.recordChange("joined", member),
      ({ isLoggingIn, network }) => {
        if (isLoggingIn) return loginMs;
        return network !== null && isHeldBack(network) ? HELD_BACK_MS : 0;
      },
    );
  }

  /**
   * Adds a client to the lobby, if it takes part in the chat. Other members get `joined` after a
   * delay.
   */
  enter({ number, user = null, ...client }: NewMember): Member {
    const member = new Member({ nick: this.nicks.freeGuest(number), user, ...client });
    this.nicks.add(member);
    if (!member.isPresent) return member;
    addMember(this.rooms.lobby, member);
    this.#pending.add(member);
    if (client.protocol === 2) this.#announceGreeted(member, client.login);
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
    this.#announceGreeted(member, greeting.login);
  }

  /** A member that is about to log in is announced when it is admitted, or acts. */
  #announceGreeted(member: Member, login = false): void {
    if (!login) this.#pending.announce(member);
  }

  /** Ends the part that a member takes in the chat, whose rooms it is no longer in. */
  #withdraw(member: Member, rooms: readonly Room[]): void {
    member.setPresent(false);
    const wasAnnounced = !this.#pending.remove(member);
    for (const { name } of rooms) member.removeRoom(name);
    for (const room of rooms) this.#recordLeft(room, member, wasAnnounced);
  }

  /** Removes a member from all rooms. There is no `left` event if `joined` was never sent. */
  leave(member: Member): void {
    if (member.hasLeft) return;
    const rooms = this.#roomsOf(member);
    member.setLeft();
    const wasAnnounced = !this.#pending.remove(member);
    for (const room of rooms) this.#removeFrom(room, member, wasAnnounced);
    this.nicks.remove(member);
  }

  /**
   * Checks that a member has not left, and announces it, since it acts.
   *
   * @throws {RequestError} `denied`
   */
  requirePresent(member: Member): void {
    if (member.hasLeft) throw new RequestError("denied", "Cannot do this: the client has left");
    this.#pending.announce(member);
  }

  /** Changes the nick of a member. Every member that shares a room with it gets one event. */
  rename(member: Member, nick: string): void {
    const old = member.nick;
    this.nicks.change(member, nick);
    if (member.nick === old) return;
    if (this.#pending.has(member)) member.outlet.send(nickEvent(old, member.nick));
    else this.#afterMessages(() => this.#announceNick(member, old));
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
      room.recordChange("joined", member);
    }
    const members = room.members().filter((other) => this.#isListed(other));
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
    room?.flushChanges();
    reader.outlet.gather();
    const members = room === null ? this.nicks.members() : room.members();
    const present = Iterator.from(members).filter((member) => this.#isListed(member));
    return truncateToFrame(present.map(infoOf));
  }

  /** Sends an event to all members at once. @param line for protocol 1; `null` for nothing */
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
  #isListed(member: Member): boolean {
    return member.isPresent && !this.#pending.has(member);
  }

  /**
   * Members of a single room get the event from the log of that room, which costs nothing. Members
   * of several rooms get a frame of their own, in its place among the events of all their rooms.
   * Only the connection of the renamed member is woken, so that many changes cost few writes.
   */
  #announceNick(member: Member, old: string): void {
    this.rooms.flushChanges();
    const frame = nickEvent(old, member.nick);
    const others = new Set(this.#roomsOf(member).flatMap((room) => room.announceNick(frame)));
    if (member.roomNames.length === 0 && member.protocol === 2) others.add(member);
    for (const { outlet } of others) {
      outlet.gather();
      outlet.queue(frame);
    }
    member.outlet.wake();
  }

  #removeFrom(room: Room, member: Member, wasAnnounced: boolean): void {
    room.remove(member);
    this.#recordLeft(room, member, wasAnnounced);
  }

  #recordLeft(room: Room, member: Member, wasAnnounced: boolean): void {
    this.#afterMessages(() => {
      if (wasAnnounced) room.recordChange("left", member);
      this.rooms.release(room);
    });
  }
}

function nickEvent(old: string, nick: string): Uint8Array {
  return encodeEvent({ event: "nick", old, nick });
}

function addMember(room: Room, member: Member): void {
  room.add(member);
  member.addRoom(room.name);
}

function infoOf({ nick, user, sinceMs, protocol, away }: Member): MemberInfo {
  return {
    nick,
    ...(user !== null && { user }),
    since: sinceMs,
    protocol,
    ...(away !== null && { away }),
  };
}
