import { join } from "./path.ts";
import { LIMITS } from "../protocol/limits.ts";
import { foldersAbove } from "../protocol/path.ts";
import type { CatalogueRow } from "./catalogue_rows.ts";
import { contentVersion } from "./content_version.ts";
import type { DirectoryStore, StoredFile } from "./directory_store.ts";
import { type FileStamp, isSameStamp } from "./file_stamp.ts";
import { FOLDER_HOLDING, type Holding, type Holdings } from "./holdings.ts";
import { findStored } from "./local_file.ts";

/** Finds the files of the catalogue that lie in the served folder of this server. */
export class HeldFiles {
  readonly holdings: Holdings;
  readonly #store: DirectoryStore;

  /** Owns neither. */
  constructor(store: DirectoryStore, holdings: Holdings) {
    this.#store = store;
    this.holdings = holdings;
  }

  /** Where a file lies in the served folder, if it does. */
  readonly placeOf = (path: string): string => join(this.#store.root, path);

  /** The content of a file of the catalogue in the served folder, at whatever path; `null` if it is not there. */
  async find(path: string, row: CatalogueRow): Promise<StoredFile | null> {
    const { sha256 } = row;
    if (sha256 === null) return null;
    const own = this.holdings.find(path);
    if (own?.sha256 === sha256 && !own.isWrong) {
      const file = await this.#unchanged(path, own.stamp);
      if (file !== null) return this.told(file, row);
    }
    const file = await this.withContent(sha256);
    return file === null ? null : this.told(file, row);
  }

  /** A file of the served folder that has a content, by the catalogue; `null` if none is there. */
  async withContent(sha256: string): Promise<StoredFile | null> {
    for (const { path, stamp } of this.holdings.withHash(sha256, LIMITS.knownFiles)) {
      const file = await this.#unchanged(path, stamp);
      if (file !== null) return file;
    }
    return null;
  }

  /** Stores a holding, with the folders that it is in. */
  note(path: string, holding: Holding): void {
    this.holdings.set(path, holding);
    for (const folder of foldersAbove(path)) {
      if (this.holdings.find(folder) !== null) return; // And so are those above it
      this.holdings.set(folder, FOLDER_HOLDING);
    }
  }

  /**
   * Has the files of a content checked before all others, as their bytes may be wrong. Never throws: where the
   * database cannot be written, what reads the wrong bytes next tells of them again.
   *
   * @param sha256 in hex
   * @param beforeMs only files that were checked before that time, milliseconds since 1970. Default: all
   */
  doubt(sha256: string, beforeMs?: number): void {
    try {
      this.holdings.doubt(sha256, beforeMs);
    } catch {
      // Another process writes, or the disk is full: the request that has found it goes on
    }
  }

  /** The file at a path, no link followed; `null` if none is there. */
  async lookAt(path: string): Promise<StoredFile | null> {
    return await findStored(this.placeOf(path));
  }

  /** Whether nothing is at a path for certain. */
  async isGone(path: string): Promise<boolean> {
    try {
      await Deno.lstat(this.placeOf(path));
      return false;
    } catch (error) {
      return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
    }
  }

  /** Removes a folder, if nothing is in it. */
  async removeFolder(path: string): Promise<void> {
    await Deno.remove(this.placeOf(path)).catch(() => {}); // Something is in it, or it is gone
  }

  /** The file at a path, if it is in a state still. */
  async #unchanged(path: string, stamp: FileStamp): Promise<StoredFile | null> {
    const file = await this.lookAt(path);
    return file !== null && isSameStamp(file.stamp, stamp) ? file : null;
  }

  /** A file of the catalogue that is not here. */
  elsewhere(path: string, row: CatalogueRow): StoredFile {
    const stamp = { sizeBytes: row.size, modifiedMs: row.mtimeMs, changedMs: 0, inode: 0 };
    return { ...this.told({ realPath: this.placeOf(path), stamp }, row), isElsewhere: true };
  }

  /** A file with what the catalogue tells of it. */
  told({ realPath, stamp }: StoredFile, row: CatalogueRow): StoredFile {
    const { sha256, mtimeMs: modifiedMs, isExecutable } = row;
    if (sha256 === null) throw new TypeError("Cannot tell of a folder as of a file");
    const told = { sha256, version: contentVersion(sha256), modifiedMs };
    return { realPath, stamp, isConfined: true, ...told, ...(isExecutable && { isExecutable }) };
  }
}
