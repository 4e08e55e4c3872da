import type { ReceivedEvent } from "../../client/chat.ts";

/** Who is in which room, as far as one has heard. */
export class Roster {
  readonly #rooms = new Map<string, Set<string>>();

  /** One has entered a room, and was told who is in. */
  setMembers(room: string, members: readonly string[]): void {
    this.#rooms.set(room, new Set(members));
  }

  /** One has left a room, and hears no more of it. */
  forget(room: string): void {
    this.#rooms.delete(room);
  }

  /** Follows who comes, goes, and takes another nick. */
  notice(event: ReceivedEvent): void {
    if (event.event === "joined") this.#rooms.get(event.room)?.add(event.nick);
    if (event.event === "left") this.#rooms.get(event.room)?.delete(event.nick);
    if (event.event !== "nick") return;
    for (const nicks of this.#rooms.values()) {
      if (nicks.delete(event.old)) nicks.add(event.nick);
    }
  }

  /** Everybody, sorted. */
  nicks(): string[] {
    return [...new Set([...this.#rooms.values()].flatMap((nicks) => [...nicks]))].sort();
  }

  /** Those in a room, sorted. */
  nicksIn(room: string): string[] {
    return [...this.#rooms.get(room) ?? []].sort();
  }
}
