import type { ListedEntry } from "../protocol/answers.ts";

/** Sorts behind every name in a folder, and may be part of none. */
const BEHIND_ALL = "\uffff";

/** Leaves out what is in the folders that the caller does not want to see into. */
export class Descent {
  readonly #isWanted: (folder: string) => boolean;
  /** The folder of this kind that was listed last. */
  #closed: string | null = null;

  /** @param isWanted whether to descend into a folder, whose path it gets */
  constructor(isWanted: (folder: string) => boolean) {
    this.#isWanted = isWanted;
  }

  /** Whether an entry is in no such folder. Entries come in the order of the listing. */
  reaches({ path, type }: ListedEntry): boolean {
    if (this.#isBelowClosed(path)) return false;
    this.#closed = type === "folder" && !this.#isWanted(path) ? path : null;
    return true;
  }

  /** Where to go on after the path `last`: behind the folder that it is in, if that is such a one. */
  pathAfter(last: string): string {
    const isClosed = last === this.#closed || this.#isBelowClosed(last);
    return isClosed ? `${this.#closed}/${BEHIND_ALL}` : last;
  }

  #isBelowClosed(path: string): boolean {
    return this.#closed !== null && path.startsWith(`${this.#closed}/`);
  }
}
