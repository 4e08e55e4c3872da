/** How many announced files keep their numbers. */
const KEPT = 1_000;

/** The files that were announced in the chat, by the numbers that people are shown. */
export class AnnouncedFiles {
  readonly #paths = new Map<number, string>();
  #last = 0;

  /** Takes a path in, and returns its number: 1 for the first. */
  add(path: string): number {
    this.#paths.set(++this.#last, path);
    this.#paths.delete(this.#last - KEPT);
    return this.#last;
  }

  /** The path of a number; `null` where there is none. */
  find(number: number): string | null {
    return this.#paths.get(number) ?? null;
  }
}
