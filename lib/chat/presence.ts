import { type ChatEvent, encodeEvent } from "../protocol/chat_events.ts";
import { checkRoomName } from "../protocol/chat_names.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { FrameWriter } from "../stream/frames/frame_writer.ts";
import { takeWithinFrame } from "./frame_budget.ts";
import { Member } from "./member.ts";
import { PendingJoins } from "./pending_joins.ts";
import { Nicks } from "./nicks.ts";
import type { Room } from "./room.ts";
import type { Rooms } from "./rooms.ts";

/** Who comes into the chat. */
export interface NewMember {
  /** The connection. */
  readonly writer: FrameWriter;
  /** The level that it speaks; a connection that may still say HELO speaks 1. */
  readonly protocol: 1 | 2;
  /** The number of the connection. */
  readonly number: number;
  /** The name of its account. */
  readonly user?: string;
}

/** Somebody as the list of those who are there has it. */
export interface MemberInfo {
  readonly nick: string;
  readonly user?: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly protocol: 1 | 2;
}

/** What who joins a room learns of it. */
export interface JoinedRoom {
  /** The nicks of those who are in. */
  readonly members: string[];
  /** The number of the last message. */
  readonly seq: number;
}

/** Who is on the server, under which nick, and in which rooms. What is said is none of its business. */
export class Presence {
  readonly nicks: Nicks;
  readonly rooms: Rooms;
  readonly #newcomers: PendingJoins;

  /** Owns both. */
  constructor(rooms: Rooms, nicks: Nicks) {
    this.rooms = rooms;
    this.nicks = nicks;
    this.#newcomers = new PendingJoins((member) => rooms.lobby.recordChange("joined", member));
  }

  /** Lets somebody in. The others learn of it soon. */
  enter({ writer, protocol, number, user }: NewMember): Member {
    const member = new Member(this.nicks.freeGuest(number), user ?? null, protocol, writer);
    this.nicks.add(member);
    addTo(this.rooms.lobby, member);
    this.#newcomers.add(member);
    if (protocol === 2) this.#newcomers.announce(member);
    return member;
  }

  /** Somebody speaks protocol 2 from now on. */
  upgrade(member: Member): void {
    if (member.isGone || member.protocol === 2) return;
    for (const room of member.rooms) room.remove(member);
    member.protocol = 2;
    for (const room of member.rooms) room.add(member);
    this.#newcomers.announce(member);
  }

  /** Lets somebody out of everything. Those who had not learnt that it came do not learn that it went. */
  leave(member: Member): void {
    if (member.isGone) return;
    member.isGone = true;
    const isKnown = !this.#newcomers.remove(member);
    for (const room of member.rooms.splice(0)) this.#removeFrom(room, member, isKnown);
    this.nicks.remove(member);
  }

  /** Checks that somebody is still here, and lets others learn of it: it does something. */
  requirePresent(member: Member): void {
    if (member.isGone) throw new RequestError("denied", "Cannot do this: the client has left");
    this.#newcomers.announce(member);
  }

  /** Gives somebody another nick, and tells each who shares a room with it once. */
  rename(member: Member, nick: string): void {
    const old = member.nick;
    this.nicks.change(member, nick);
    if (member.nick !== old) this.#announceNick(member, old);
  }

  /** Lets somebody into a room, if it is not in, and returns what it learns of the room. */
  join(member: Member, name: string): JoinedRoom {
    const known = this.roomOf(member, name);
    const room = known ?? this.#roomFor(member, name);
    this.#settle(room);
    member.writer.gather();
    if (known === null) {
      addTo(room, member);
      room.recordChange("joined", member);
    }
    return { members: takeWithinFrame(room.members().map(({ nick }) => nick)), seq: room.seq };
  }

  /** Lets somebody out of a room, if it is in. */
  part(member: Member, name: string): void {
    const index = member.rooms.findIndex((room) => room.name === name);
    if (index === -1) return;
    for (const room of member.rooms.splice(index, 1)) this.#removeFrom(room, member, true);
  }

  /** The room of that name that somebody is in, or `null`. */
  roomOf(member: Member, name: string): Room | null {
    return member.rooms.find((room) => room.name === name) ?? null;
  }

  /** Tells somebody who is in a room, or with `null` on the server: as many as fit into an answer. */
  list(reader: Member, room: Room | null): MemberInfo[] {
    if (room !== null) this.#settle(room);
    reader.writer.gather();
    const members = room === null ? this.nicks.members() : room.members();
    return takeWithinFrame(Iterator.from(members).map(infoOf));
  }

  /** Tells everybody something at once. `line` is what protocol 1 clients get, or `null`. */
  tellAll(event: ChatEvent, line: Uint8Array | null): void {
    const { lobby } = this.rooms;
    lobby.announce(event, line);
    for (const member of this.nicks.members()) {
      if (!lobby.has(member)) member.tell(event, line);
    }
  }

  /** Ends what goes on by itself. Those who are here can still leave. */
  close(): void {
    this.#newcomers.close();
    this.rooms.close();
  }

  /** A room that somebody may join. */
  #roomFor(member: Member, name: string): Room {
    checkRoomName(name);
    if (member.rooms.length < LIMITS.roomsPerClient) return this.rooms.open(name);
    const detail = `Cannot join: the client is in ${LIMITS.roomsPerClient} rooms`;
    throw new RequestError("denied", detail, { reason: "rooms-joined" });
  }

  /** Before somebody learns who is in a room: what happened before is told before, and for certain. */
  #settle(room: Room): void {
    if (room === this.rooms.lobby) this.#newcomers.announceAll();
    room.flushChanges();
  }

  /**
   * Who is in one room alone gets it from the log of that room, which costs nothing. The others get it
   * by themselves, in its place among what all of their rooms tell. No connection is woken for it, so
   * many at a time cost few writes.
   */
  #announceNick(member: Member, old: string): void {
    this.rooms.flushChanges();
    const frame = encodeEvent({ event: "nick", old, nick: member.nick });
    const others = new Set(member.rooms.flatMap((room) => room.announceNick(frame)));
    if (member.rooms.length === 0 && member.protocol === 2) others.add(member);
    for (const { writer } of others) {
      writer.gather();
      writer.queue(frame);
    }
    member.writer.wake();
  }

  #removeFrom(room: Room, member: Member, isKnown: boolean): void {
    room.remove(member);
    if (isKnown) room.recordChange("left", member);
    this.rooms.release(room);
  }
}

function addTo(room: Room, member: Member): void {
  room.add(member);
  member.rooms = [...member.rooms, room]; // As long as need be: there are many members
}

function infoOf({ nick, user, sinceMs, protocol }: Member): MemberInfo {
  return { nick, ...(user === null ? {} : { user }), since: sinceMs, protocol };
}
