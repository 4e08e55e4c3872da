import type { DatabaseSync, StatementSync } from "node:sqlite";
import { BoundedMap } from "../async/bounded_map.ts";
import { pause } from "../async/pause.ts";
import { inReading, inTransaction } from "./database.ts";
import { type FileStamp, isSameStamp } from "./file_stamp.ts";
import { folderPrefix } from "./served_folder.ts";

/**
 * A file that was written this shortly before it was hashed could change again without its times
 * showing it, on file systems with coarse clocks (FAT counts in 2 s): its hash is not kept.
 */
const MIN_AGE_MS = 2_000;
/** Hashes of received files that wait for that time to pass. */
const MAX_RECENT_FILES = 10_000;
/** Hashes that are looked at in one turn: less than 5 ms, even if all are deleted. */
const PRUNED_AT_ONCE = 200;

/** A file that this process received, with its stamp at commit. */
interface RecentFile {
  readonly stamp: FileStamp;
  readonly sha256: string;
}

/** A file in a state. */
export interface StampedFile {
  /** Absolute. */
  readonly realPath: string;
  readonly stamp: FileStamp;
}

/** A file with its hash. */
export interface HashedFile extends StampedFile {
  /** In hex. */
  readonly sha256: string;
}

/** The SHA-256 of files by path and stamp, kept in the database. */
export class HashIndex {
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #list: StatementSync;
  readonly #withHash: StatementSync;
  readonly #delete: StatementSync;
  readonly #recent = new BoundedMap<string, RecentFile>(MAX_RECENT_FILES);

  /** The caller owns the database and closes it. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#select = database.prepare(
      `SELECT sha256 FROM hashes
       WHERE path = ? AND size = ? AND modified_ms = ? AND changed_ms = ? AND inode = ?`,
    );
    this.#upsert = database.prepare("INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?, ?)");
    this.#list = database.prepare("SELECT path FROM hashes WHERE path > ? ORDER BY path LIMIT ?");
    this.#withHash = database.prepare("SELECT path FROM hashes WHERE sha256 = ? LIMIT ?");
    this.#delete = database.prepare("DELETE FROM hashes WHERE path = ?");
  }

  /** The SHA-256, in hex, of the file at the absolute `path` with this stamp, or `null`. */
  find(path: string, stamp: FileStamp): string | null {
    const file = { realPath: path, stamp };
    this.keepReceived([file]);
    return this.#findStored(file);
  }

  /** The SHA-256 of files, in hex, in their order; `null` where it is not known. */
  findAll(files: readonly StampedFile[]): (string | null)[] {
    const find = (file: StampedFile) => this.#findReceived(file) ?? this.#findStored(file);
    return inReading(this.#database, () => files.map(find));
  }

  /** Whether hashes of received files wait to be stored. */
  get isAnyReceived(): boolean {
    return this.#recent.size > 0;
  }

  /** Stores the hashes of received files, of those that are given, where they are old enough. */
  keepReceived(files: readonly StampedFile[]): void {
    const received: HashedFile[] = [];
    for (const file of files) {
      const sha256 = this.#takeReceived(file);
      if (sha256 !== null) received.push({ ...file, sha256 });
    }
    this.storeAll(received, Date.now());
  }

  #findStored({ realPath, stamp }: StampedFile): string | null {
    const { sizeBytes, modifiedMs, changedMs, inode } = stamp;
    const row = this.#select.get(realPath, sizeBytes, modifiedMs, changedMs, BigInt(inode));
    return row === undefined ? null : String(row.sha256);
  }

  /** Absolute paths at which a file of this SHA-256 is, or was; a few of them. */
  pathsOf(sha256: string, maxPaths: number): string[] {
    const received = [...this.#recent.entries()].filter(([, recent]) => recent.sha256 === sha256);
    const stored = this.#withHash.all(sha256, maxPaths).map(({ path }) => String(path));
    return [...new Set([...received.map(([path]) => path), ...stored])].slice(0, maxPaths);
  }

  /**
   * Stores a hash, unless the file changed within 2 s of `startedMs`, or from then on within 2 s of `endedMs`.
   *
   * @param startedMs when the hash began to read the file, milliseconds since 1970
   * @param endedMs when the stamp was taken at the latest, if that was later
   */
  store(
    path: string,
    stamp: FileStamp,
    sha256: string,
    startedMs: number,
    endedMs: number = startedMs,
  ): void {
    const { sizeBytes, modifiedMs, changedMs, inode } = stamp;
    if (isFresh(stamp, startedMs, endedMs)) return;
    this.#upsert.run(path, sizeBytes, modifiedMs, changedMs, BigInt(inode), sha256);
  }

  /** As {@link store}, for many files: in one transaction. */
  storeAll(files: readonly HashedFile[], startedMs: number, endedMs: number = startedMs): void {
    if (files.length === 0) return;
    inTransaction(this.#database, () => {
      for (const { realPath, stamp, sha256 } of files) {
        this.store(realPath, stamp, sha256, startedMs, endedMs);
      }
    });
  }

  /**
   * Stores the hash of a file that this process wrote, once the file is old enough for any change
   * to show in its stamp.
   */
  storeReceived(path: string, stamp: FileStamp, sha256: string): void {
    this.#recent.set(path, { stamp, sha256 });
  }

  /** Forgets the hash of the file at the absolute `path`. */
  forget(path: string): void {
    this.#recent.delete(path);
    this.#delete.run(path);
  }

  /** The hash of a file that this process received, once it is old enough. */
  #findReceived({ realPath, stamp }: StampedFile): string | null {
    const recent = this.#recent.get(realPath);
    if (recent === undefined || isFresh(stamp, Date.now())) return null;
    return isSameStamp(recent.stamp, stamp) ? recent.sha256 : null;
  }

  /** The same, which is to be stored now. It stays where the file is newer than that stamp. */
  #takeReceived(file: StampedFile): string | null {
    if (isFresh(file.stamp, Date.now())) return null;
    const sha256 = this.#findReceived(file);
    const recent = this.#recent.get(file.realPath);
    const isLate = recent !== undefined && file.stamp.changedMs < recent.stamp.changedMs;
    if (!isLate) this.#recent.delete(file.realPath);
    return sha256;
  }

  /**
   * Deletes the hashes of files below the absolute folder `root` that are not in `existing`: a few at
   * a time, since the thread has other work. Resolves early if `signal` fires.
   */
  async prune(root: string, existing: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const prefix = folderPrefix(root);
    let after: string | undefined = prefix;
    while (after?.startsWith(prefix) && !signal.aborted) {
      const paths: string[] = this.#list.all(after, PRUNED_AT_ONCE).map(({ path }) => String(path));
      for (const path of paths) {
        if (path.startsWith(prefix) && !existing.has(path)) this.#delete.run(path);
      }
      after = paths.at(-1);
      await pause(0, signal);
    }
  }
}

/** Whether a file was written in a time, or shortly before or after. */
function isFresh(
  { modifiedMs, changedMs }: FileStamp,
  startedMs: number,
  endedMs: number = startedMs,
): boolean {
  const isIn = (ms: number) => ms > startedMs - MIN_AGE_MS && ms < endedMs + MIN_AGE_MS;
  return isIn(modifiedMs) || isIn(changedMs);
}
