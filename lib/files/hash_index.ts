import { BoundedMap } from "../async/bounded_map.ts";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { folderPrefix } from "./directory_store.ts";
import { type FileStamp, isSameStamp } from "./file_stamp.ts";

/**
 * A file that was written this shortly before it was hashed could change again without its times
 * showing it, on file systems with coarse clocks (FAT counts in 2 s): its hash is not kept.
 */
const SETTLE_MS = 2_000;
/** Files of our own that wait for that time to pass. */
const SETTLING = 10_000;

/** A file of our own, and what it was when it got its name. */
interface SettlingFile {
  readonly stamp: FileStamp;
  readonly sha256: string;
}

/** The SHA-256 of files by path and stamp, kept in the database. */
export class HashIndex {
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #list: StatementSync;
  readonly #delete: StatementSync;
  readonly #settling = new BoundedMap<string, SettlingFile>(SETTLING);

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#select = database.prepare(
      `SELECT sha256 FROM hashes
       WHERE path = ? AND size = ? AND modified_ms = ? AND changed_ms = ? AND inode = ?`,
    );
    this.#upsert = database.prepare("INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?, ?)");
    this.#list = database.prepare("SELECT path FROM hashes");
    this.#delete = database.prepare("DELETE FROM hashes WHERE path = ?");
  }

  /** The SHA-256, in hex, of the file at the absolute `path` in this state, or `null`. */
  find(path: string, stamp: FileStamp): string | null {
    const { sizeBytes, modifiedMs, changedMs, inode } = stamp;
    const row = this.#select.get(path, sizeBytes, modifiedMs, changedMs, BigInt(inode));
    return row === undefined ? this.#settled(path, stamp) : String(row.sha256);
  }

  /**
   * Keeps a hash, unless the file was written too shortly before.
   *
   * @param startedMs when reading it for the hash began, milliseconds since 1970
   */
  store(path: string, stamp: FileStamp, sha256: string, startedMs: number): void {
    const { sizeBytes, modifiedMs, changedMs, inode } = stamp;
    if (isFresh(stamp, startedMs)) return;
    this.#upsert.run(path, sizeBytes, modifiedMs, changedMs, BigInt(inode), sha256);
  }

  /**
   * Keeps the hash of a file that this process has written itself, from when it is old enough that
   * a change of it would show.
   */
  storeOwn(path: string, stamp: FileStamp, sha256: string): void {
    this.#settling.set(path, { stamp, sha256 });
  }

  #settled(path: string, stamp: FileStamp): string | null {
    const own = this.#settling.get(path);
    if (own === undefined || isFresh(stamp, Date.now())) return null;
    this.#settling.delete(path);
    if (!isSameStamp(own.stamp, stamp)) return null;
    this.store(path, stamp, own.sha256, Date.now());
    return own.sha256;
  }

  /** Forgets the files below the absolute folder `root` that are not among `existing`. */
  prune(root: string, existing: ReadonlySet<string>): void {
    const prefix = folderPrefix(root);
    for (const row of this.#list.all()) {
      const path = String(row.path);
      if (path.startsWith(prefix) && !existing.has(path)) this.#delete.run(path);
    }
  }
}

function isFresh({ modifiedMs, changedMs }: FileStamp, nowMs: number): boolean {
  return [modifiedMs, changedMs].some((ms) => Math.abs(nowMs - ms) < SETTLE_MS);
}
