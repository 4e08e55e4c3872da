import { HASH_BUFFER_BYTES } from "./source_file.ts";
import { createHash, type Hash } from "node:crypto";
import { dirname } from "@std/path";
import { ProtocolError } from "../protocol/errors.ts";
import { asDiskError } from "./disk_error.ts";
import { exists } from "./exists.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";
import { makeMissingSync } from "./folders.ts";
import { isSameFile, openLocked } from "./locked_file.ts";
import { freePartPath, markWhole, versionPath } from "./part_names.ts";
import { commitName, type FinalName } from "./commit_name.ts";

/** Where a file that is to come goes. */
export interface FileTarget extends FinalName {
  /** Where it lies until it is whole and right. */
  readonly partPath: string;
  /**
   * How much of a part that is there already may stay. Of a longer one nothing stays: it cannot be
   * what it was taken for.
   */
  readonly keepBytes: number;
  /** Whether the part stays when the disk fails: on a full one it is in the way of others. */
  readonly staysOnError: boolean;
}

/** What the file that is to come is. */
export interface FileDetails {
  readonly sizeBytes: number;
  /** Where in it the first `write` goes: behind all that was kept, or at 0 to drop that. */
  readonly offset: number;
  /** The time of modification to give it, milliseconds since 1970; `null` for that of writing. */
  readonly modifiedMs: number | null;
  /** Names the state of the source, to be kept beside the part; `null` to keep nothing. */
  readonly version: string | null;
}

/** A file that has its name. */
export interface CommittedFile {
  readonly path: string;
  readonly stamp: FileStamp;
}

/** What `commit` came to: the file, or why there is none. */
export type CommitResult = CommittedFile | "wrong" | "taken";

/**
 * A file that is being received, with synchronous calls, for use in a worker.
 *
 * Its bytes lie in a part, locked against other processes, until the file is whole, right and
 * synced; only then does it get its name, in one step that never replaces a file unasked. Whoever
 * holds one must end it with `commit`, `discard`, or `close`, which leaves the part behind.
 *
 * First `hashKept`, until all that was kept is hashed, then `begin`, then `write`.
 */
export class PartFile {
  readonly #target: FileTarget;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #details: FileDetails | null = null;
  #hash: Hash = createHash("sha256");
  /** What is in the part: kept and written. */
  #length: number;
  #hashedBytes = 0;

  /**
   * Opens the part, making its folder if it is not there.
   *
   * @throws {DiskError} `busy` while somebody else receives the same file
   */
  constructor(target: FileTarget) {
    this.#target = target;
    this.#path = freePartPath(target.partPath);
    try {
      this.#file = openLocked(this.#path);
    } catch (error) {
      throw asDiskError(error, this.#path, "write");
    }
    try {
      const { size } = this.#file.statSync();
      this.#length = size > target.keepBytes ? 0 : size;
      if (this.#length < size) this.#empty();
    } catch (error) {
      this.#file.close();
      throw asDiskError(error, this.#path, "write");
    }
  }

  /** Bytes of the file that are there: kept and written. */
  get lengthBytes(): number {
    return this.#length;
  }

  /**
   * Hashes up to `sliceBytes` more of what was kept.
   *
   * @returns whether all of it is hashed
   * @throws {DiskError}
   */
  hashKept(sliceBytes: number): boolean {
    const buffer = new Uint8Array(Math.min(HASH_BUFFER_BYTES, this.#length - this.#hashedBytes));
    const end = Math.min(this.#length, this.#hashedBytes + sliceBytes);
    try {
      while (this.#hashedBytes < end) {
        const count = this.#file.readSync(buffer.subarray(0, end - this.#hashedBytes));
        if (count === null) throw new Error("it has become shorter");
        this.#hash.update(buffer.subarray(0, count));
        this.#hashedBytes += count;
      }
    } catch (error) {
      throw asDiskError(error, this.#path, "read");
    }
    return this.#hashedBytes === this.#length;
  }

  /**
   * Says what the file is.
   *
   * @param noted whether its version is kept beside the part; of no use where all of it is here
   * @throws {DiskError} also when not all of what was kept is there before `offset`
   */
  begin(details: FileDetails, noted = true): void {
    this.#details = details;
    try {
      if (details.offset === 0) this.#startOver();
      if (details.offset !== this.#hashedBytes) throw new Error("it is not what it was");
      if (noted && details.version !== null) {
        Deno.writeTextFileSync(versionPath(this.#path), details.version);
      }
    } catch (error) {
      throw asDiskError(error, this.#path, "write");
    }
  }

  /**
   * Appends.
   *
   * @throws {ProtocolError} `bad-sequence` beyond the size of the file
   * @throws {DiskError}
   */
  write(bytes: Uint8Array): void {
    const sizeBytes = this.#details?.sizeBytes ?? 0;
    if (this.#length + bytes.length > sizeBytes) {
      throw new ProtocolError(
        "bad-sequence",
        `Cannot accept the file: more than the ${sizeBytes} bytes come that were announced`,
      );
    }
    this.#hash.update(bytes);
    try {
      for (let offset = 0; offset < bytes.length;) {
        const count = this.#file.writeSync(offset === 0 ? bytes : bytes.subarray(offset));
        offset += count;
        this.#length += count; // What a full disk took of the last write counts, too
      }
    } catch (error) {
      throw asDiskError(error, this.#path, "write");
    }
    this.#hashedBytes += bytes.length;
  }

  /**
   * Verifies the whole and gives it its name.
   *
   * @param sha256 what it must be, in hex
   * @returns `wrong` if size or hash are not what was promised: nothing is left of it then; `taken`
   * if the name is
   * @throws {DiskError} the part then stays, as with `taken`, if the target says so
   */
  commit(sha256: string): CommitResult {
    const isWhole = this.#length === this.#details?.sizeBytes;
    if (!isWhole || this.#hash.digest("hex") !== sha256) {
      this.discard();
      return "wrong";
    }
    try {
      const placed = this.#place();
      if (placed === "taken") this.giveUp();
      else this.#file.close();
      return placed;
    } catch (error) {
      this.giveUp();
      throw asDiskError(error, this.#path, "finish");
    }
  }

  /** Removes the part. */
  discard(): void {
    removeQuietly(this.#path);
    this.#forgetVersion();
    this.#file.close();
  }

  /** Closes and leaves the part behind, unless it is empty. */
  close(): void {
    if (this.#length === 0) this.discard();
    else this.#file.close();
  }

  /** Ends it after an error. */
  giveUp(): void {
    if (this.#target.staysOnError) this.close();
    else this.discard();
  }

  /** Drops what was kept. */
  #startOver(): void {
    if (this.#length > 0) this.#empty();
    if (this.#hashedBytes > 0) this.#hash = createHash("sha256");
    this.#length = 0;
    this.#hashedBytes = 0;
  }

  #empty(): void {
    this.#file.truncateSync(0);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    removeQuietly(versionPath(this.#path));
  }

  #place(): CommittedFile | "taken" {
    const { directory } = this.#target;
    const modifiedMs = this.#details?.modifiedMs ?? null;
    if (modifiedMs !== null) this.#file.utimeSync(new Date(), new Date(modifiedMs));
    this.#file.syncSync();
    if (directory !== dirname(this.#path)) makeMissingSync(directory);
    if (!isSameFile(this.#file, this.#path)) throw new Error("something else has its place");
    this.#forgetVersion();
    const path = commitName(this.#path, this.#target);
    if (path === null) return "taken";
    if (this.#target.staysOnError) markWhole(path);
    return { path, stamp: stampOf(this.#file.statSync()) };
  }

  #forgetVersion(): void {
    if (this.#details !== null && this.#details.version === null) return;
    const path = versionPath(this.#path);
    if (exists(path)) removeQuietly(path);
  }
}

/**
 * Removes what an earlier transfer left of a file that is there by now, unless somebody writes it.
 *
 * A part that has no note beside it, no other name, and some content may be no part at all.
 */
export function dropPart(wanted: string): void {
  const partPath = freePartPath(wanted);
  const isNoted = exists(versionPath(partPath));
  if (!isNoted && !exists(partPath)) return;
  try {
    using file = openLocked(partPath); // In place of what had another name, it is empty
    if (!isNoted && file.statSync().size > 0) return;
    removeQuietly(partPath);
    removeQuietly(versionPath(partPath));
  } catch {
    // In use, or nothing of ours
  }
}

/** What cannot be removed, since it is gone or not ours, is used by the next download. */
function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // See above
  }
}
