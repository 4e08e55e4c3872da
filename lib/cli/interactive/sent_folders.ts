import type { LocalItem } from "../../files/local_tree.ts";
import { foldersAbove } from "../../protocol/path.ts";

/** A folder that is sent, and what came of its files. */
export interface SentFolder {
  /** On this machine, as it was named. */
  readonly path: string;
  /** On the server. */
  readonly remotePath: string;
  /** Files that are in place. */
  files: number;
  /** Their sizes. */
  bytes: number;
  failed: number;
}

/** The folders that one command sends. */
export class SentFolders {
  /** By their paths on the server. */
  readonly #folders = new Map<string, SentFolder>();

  /** Adds a folder that is named. */
  begin({ path, remotePath }: Pick<LocalItem, "path" | "remotePath">): void {
    if (this.#folders.has(remotePath)) return;
    this.#folders.set(remotePath, { path, remotePath, files: 0, bytes: 0, failed: 0 });
  }

  /** Counts a file that is in place. Returns whether it lies in one of the folders. */
  add(path: string, { sizeBytes }: { readonly sizeBytes: number }): boolean {
    const folder = this.#of(path);
    if (folder === undefined) return false;
    folder.files++;
    folder.bytes += sizeBytes;
    return true;
  }

  /** Counts a path that has failed: on the server, or on this machine. */
  fail(path: string): void {
    const isIn = (folder: SentFolder) => path.startsWith(`${folder.path}/`);
    const folder = this.#of(path) ?? [...this.#folders.values()].find(isIn);
    if (folder !== undefined) folder.failed++;
  }

  /** The folders, in the order of asking. */
  [Symbol.iterator](): Iterator<SentFolder> {
    return this.#folders.values();
  }

  #of(path: string): SentFolder | undefined {
    for (const above of foldersAbove(path)) {
      const folder = this.#folders.get(above);
      if (folder !== undefined) return folder;
    }
    return undefined;
  }
}
