import type { DatabaseSync } from "node:sqlite";
import { IN_MEMORY } from "./database.ts";

/**
 * The file of an open database. SQLite goes on with a file that was removed, replaced or cut off
 * behind its back: what it stores then is gone at the end.
 */
export class DatabaseFile {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #inode: number | null;
  #sizeBytes: number;

  /** The file as it is now. @throws if there is none */
  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    const { ino, size } = path === IN_MEMORY ? { ino: null, size: 0 } : Deno.statSync(path);
    this.#inode = ino;
    this.#sizeBytes = size;
  }

  /**
   * Checks that the file is still the one that was opened, by a single `stat`.
   *
   * @throws if it was removed, replaced or truncated
   */
  check(): void {
    if (this.#path === IN_MEMORY) return;
    const { ino, size } = this.#stat();
    if (ino !== this.#inode) throw new Error(`${this.#path} was replaced`);
    // A VACUUM of another process makes it smaller, too
    if (size < this.#sizeBytes && size < this.#expectedBytes()) {
      throw new Error(`${this.#path} was truncated`);
    }
    this.#sizeBytes = size;
  }

  #stat(): Deno.FileInfo {
    try {
      return Deno.statSync(this.#path);
    } catch (cause) {
      throw new Error(`${this.#path} is gone`, { cause });
    }
  }

  #expectedBytes(): number {
    const read = (name: string) => Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name]);
    return read("page_count") * read("page_size");
  }
}
