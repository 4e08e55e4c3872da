import { BoundedMap } from "../../async/bounded_map.ts";
import type { SharedFile } from "../../protocol/chat_events.ts";

/** How many announced files keep their numbers. */
const KEPT = 1_000;

/** The files that were announced in the chat, by the numbers that people are shown. */
export class AnnouncedFiles {
  readonly #paths = new BoundedMap<number, string>(KEPT);
  /** By what tells announcements apart, the oldest first. */
  readonly #numbers = new BoundedMap<string, number>(KEPT);
  #last = 0;

  /**
   * Takes an announcement in, and returns its number: 1 for the first. One that comes again, out of
   * the history, keeps it.
   */
  add({ room, seq, path, sha256 }: Pick<SharedFile, "room" | "seq" | "path" | "sha256">): number {
    const key = JSON.stringify([room, seq, path, sha256]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, ++this.#last);
    this.#paths.set(this.#last, path);
    return this.#last;
  }

  /** The path of a number; `null` where there is none. */
  find(number: number): string | null {
    return this.#paths.get(number) ?? null;
  }
}
