import { foldNick } from "../protocol/chat_names.ts";
import type { RemoteMember } from "./remote_member.ts";

const NONE: ReadonlySet<RemoteMember> = new Set();

/** The members of the other servers of a cluster: by server, by nick, by room. None without a cluster. */
export class RemoteMembers {
  readonly #homes = new Map<string, Map<number, RemoteMember>>();
  /** By folded nick. While a nick changes hands, two may have it: the later one is found. */
  readonly #byNick = new Map<string, RemoteMember>();
  readonly #byRoom = new Map<string, Set<RemoteMember>>();

  /** The number of members. */
  get size(): number {
    return this.#homes.values().reduce((sum, { size }) => sum + size, 0);
  }

  /** All members, server by server. */
  *members(): Generator<RemoteMember> {
    for (const members of this.#homes.values()) yield* members.values();
  }

  /** The members of a server. */
  of(home: string): Iterable<RemoteMember> {
    return this.#homes.get(home)?.values() ?? [];
  }

  /** The member of a server with a number, or `null`. */
  get(home: string, number: number): RemoteMember | null {
    return this.#homes.get(home)?.get(number) ?? null;
  }

  /** The member with a nick, in any case, or `null`. */
  find(nick: string): RemoteMember | null {
    return this.#byNick.size === 0 ? null : this.#byNick.get(foldNick(nick)) ?? null;
  }

  /** The members in a room. */
  in(room: string): ReadonlySet<RemoteMember> {
    return this.#byRoom.get(room) ?? NONE;
  }

  /** The names of the rooms with members. */
  roomNames(): Iterable<string> {
    return this.#byRoom.keys();
  }

  /** Adds a member, or takes in that a member has changed. @param change changes it */
  put(member: RemoteMember, change: () => void = () => {}): void {
    this.#unlink(member);
    change();
    const { home, number } = member;
    const members = this.#homes.get(home) ?? new Map<number, RemoteMember>();
    this.#homes.set(home, members.set(number, member));
    this.#byNick.set(foldNick(member.nick), member);
    for (const room of member.roomNames) {
      const inRoom = this.#byRoom.get(room) ?? new Set<RemoteMember>();
      this.#byRoom.set(room, inRoom.add(member));
    }
  }

  /** Removes a member. */
  delete(member: RemoteMember): void {
    this.#unlink(member);
    const members = this.#homes.get(member.home);
    members?.delete(member.number);
    if (members?.size === 0) this.#homes.delete(member.home);
  }

  #unlink(member: RemoteMember): void {
    const nick = foldNick(member.nick);
    if (this.#byNick.get(nick) === member) this.#byNick.delete(nick);
    for (const room of member.roomNames) {
      const members = this.#byRoom.get(room);
      members?.delete(member);
      if (members?.size === 0) this.#byRoom.delete(room);
    }
  }
}
