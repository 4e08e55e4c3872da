import { foldNick } from "../../protocol/chat_names.ts";
import { cleanLine, display, type DisplayText, joinTexts } from "../../protocol/text.ts";
import type { ReceivedEvent } from "../../client/chat.ts";

/** The nicks of the clients in each room that this client is in, as far as the server said. */
export class Roster {
  readonly #rooms = new Map<string, Set<string>>();

  /** Takes the members of a room that was entered, as the server lists them. */
  setMembers(room: string, members: readonly string[]): void {
    this.#rooms.set(room, new Set(members));
  }

  /** Drops a room that was left: no more events come of it. */
  forget(room: string): void {
    this.#rooms.delete(room);
  }

  /** Follows the clients that join, leave, and change their nicks. */
  notice(event: ReceivedEvent): void {
    if (event.event === "joined") this.#rooms.get(event.room)?.add(event.nick);
    if (event.event === "left") this.#rooms.get(event.room)?.delete(event.nick);
    if (event.event !== "nick") return;
    for (const nicks of this.#rooms.values()) {
      if (nicks.delete(event.old)) nicks.add(event.nick);
    }
  }

  /** The nicks of all rooms, sorted. */
  nicks(): string[] {
    return [...new Set([...this.#rooms.values()].flatMap((nicks) => [...nicks]))].sort();
  }

  /** Whether a nick is in any of the rooms, in any case. */
  has(nick: string): boolean {
    return this.nicks().some((each) => foldNick(each) === foldNick(nick));
  }

  /** The rooms in which a nick is. */
  roomsOf(nick: string): string[] {
    return [...this.#rooms].filter(([, nicks]) => nicks.has(nick)).map(([room]) => room);
  }

  /** The nicks of one room, sorted. */
  nicksIn(room: string): string[] {
    return [...this.#rooms.get(room) ?? []].sort();
  }

  /** The nicks of one room, sorted, as one line for a terminal. */
  describe(room: string): DisplayText {
    return joinTexts(this.nicksIn(room).map(cleanLine), display`, `);
  }
}
