import { SmallGroups } from "./group_small.ts";

/** Groups that are worked on at once: all else on the same thread waits for them. */
const MAX_AT_ONCE = 16;

/** Work on groups of small files that is begun before its result is asked for, as far as it keeps up. */
export class GroupsAhead<T> {
  readonly #begin: (group: readonly T[]) => Promise<unknown> | null;
  readonly #groups = new SmallGroups<T>();
  #running = 0;

  /** @param begin begins the work on a group; `null` if there is no room for its result */
  constructor(begin: (group: readonly T[]) => Promise<unknown> | null) {
    this.#begin = begin;
  }

  /** Adds the next file, of at most `LIMITS.batchFileBytes`. */
  add(file: T, sizeBytes: number): void {
    const full = this.#groups.add(file, sizeBytes);
    if (full !== null) this.#work(full);
  }

  /** No more files come. */
  end(): void {
    this.#work(this.#groups.end());
  }

  #work(group: readonly T[]): void {
    if (group.length === 0 || this.#running >= MAX_AT_ONCE) return;
    const end = () => void this.#running--;
    this.#running++;
    const work = this.#begin(group);
    if (work === null) end();
    else work.then(end, end); // The error goes to the caller that asks for the result
  }
}
