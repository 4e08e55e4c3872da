import type { LostMembers } from "./lost_members.ts";
import { announceNick } from "./nick_news.ts";
import type { RemoteMembers } from "./remote_members.ts";
import { type MemberAddress, type MemberRow, RemoteMember } from "./remote_member.ts";
import type { Rooms } from "./rooms.ts";

/** Takes in what other servers tell of their members, and tells the rooms of this one. */
export class RemotePresence {
  readonly #remotes: RemoteMembers;
  readonly #rooms: Rooms;
  readonly #lost: LostMembers;

  /** Uses all of them, owns none. */
  constructor(remotes: RemoteMembers, rooms: Rooms, lost: LostMembers) {
    this.#remotes = remotes;
    this.#rooms = rooms;
    this.#lost = lost;
  }

  /**
   * Another server tells of one of its members.
   *
   * @param place how far the server had applied the log
   */
  set(home: string, row: MemberRow, place: number): void {
    const known = this.#remotes.get(home, row.number);
    const member = known ?? new RemoteMember(home, row, place);
    const { nick, roomNames } = member;
    this.#remotes.put(member, () => member.setRow(row, place));
    if (row.mailbox !== null) this.#lost.forget(row.mailbox);
    const left = known === null ? [] : roomNames.filter((name) => !row.roomNames.includes(name));
    this.#tell("left", member, left);
    if (member.nick !== nick) announceNick(this.#rooms, member, nick);
    const before = known === null ? [] : roomNames;
    this.#tell("joined", member, row.roomNames.filter((name) => !before.includes(name)));
  }

  /** A member of another server has gone. @param isLost whether it may come back */
  delete({ home, number }: MemberAddress, isLost: boolean): void {
    const member = this.#remotes.get(home, number);
    if (member !== null) this.#remove(member, isLost);
  }

  /** A server is gone, and with it its members, which may come back elsewhere. */
  drop(home: string): void {
    for (const member of [...this.#remotes.of(home)]) this.#remove(member, true);
  }

  /** The log gives a member of another server a nick. */
  rename({ home, number }: MemberAddress, nick: string, place: number): void {
    const member = this.#remotes.get(home, number);
    if (member === null) return; // Not told yet: its row will have the nick
    const old = member.nick;
    this.#remotes.put(member, () => member.setNick(nick, place));
    if (old !== nick) announceNick(this.#rooms, member, old);
  }

  #remove(member: RemoteMember, isLost: boolean): void {
    this.#remotes.delete(member);
    if (isLost) this.#lost.add(member);
    this.#tell("left", member, member.roomNames);
  }

  #tell(event: "joined" | "left", member: RemoteMember, rooms: readonly string[]): void {
    for (const name of rooms) {
      const room = this.#rooms.find(name);
      if (room !== null) this.#rooms.recordChange(room, event, member);
    }
  }
}
