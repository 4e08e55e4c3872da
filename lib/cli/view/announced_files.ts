import { BoundedMap } from "../../async/bounded_map.ts";
import type { SharedFile } from "../../protocol/chat_events.ts";

/** The number of announced files that are kept. */
const KEPT = 1_000;

/** The files that were announced in the chat, by the numbers that they are shown with. */
export class AnnouncedFiles {
  readonly #paths = new BoundedMap<number, string>(KEPT);
  /** The numbers by the members that tell announcements apart. */
  readonly #numbers = new BoundedMap<string, number>(KEPT);
  #last = 0;

  /**
   * Takes an announcement, and returns its number: 1 for the first. An announcement that comes again,
   * from the history, keeps its number.
   */
  add({ room, seq, path, sha256 }: Pick<SharedFile, "room" | "seq" | "path" | "sha256">): number {
    const key = JSON.stringify([room, seq, path, sha256]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, ++this.#last);
    this.#paths.set(this.#last, path);
    return this.#last;
  }

  /** The path of a number, or `null`. */
  find(number: number): string | null {
    return this.#paths.get(number) ?? null;
  }
}
