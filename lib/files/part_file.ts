import { join } from "./path.ts";
import { createHash, type Hash } from "node:crypto";
import { ProtocolError } from "../protocol/errors.ts";
import { commitName, type FinalName } from "./commit_name.ts";
import { copyEarlierPart } from "./copy_earlier_part.ts";
import { asDiskError, replacedError } from "./disk_error.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";
import { checkPlace, makeFinalFolder } from "./final_place.ts";
import type { FoundFolder } from "./folders.ts";
import { keepAttributes, makeExecutable } from "./keep_attributes.ts";
import { isSameFile } from "./locked_file.ts";
import { openPart } from "./open_part.ts";
import { type PartPlace, versionPath, writeVersion } from "./part_names.ts";
import { removeIfThere, removeQuietly } from "./remove_quietly.ts";
import type { ServedRoot } from "./served_root.ts";
import { HASH_BUFFER_BYTES } from "./source_file.ts";
import { removeWorkFolder } from "./work_folder.ts";
import { writeAllSync } from "./write_all.ts";

/** The destination of a received file. */
export interface FileTarget extends FinalName, PartPlace {
  /** The served folder, which must be there; `null` if `partBase` is made if missing. */
  readonly root: ServedRoot | null;
  /** The deepest folder on the way to `directory` that existed: it must stay what it is. */
  readonly existing?: FoundFolder;
  /**
   * Maximum length of an existing part that is kept. A longer part is emptied: it cannot belong to
   * this file.
   */
  readonly keepBytes: number;
  /** Whether the part stays after a disk error: on a full disk it uses up the space of others. */
  readonly staysOnError: boolean;
}

/** The properties of a file to receive. */
export interface FileDetails {
  readonly sizeBytes: number;
  /** Position of the first `write`: the end of the kept part, or 0 to drop the part. */
  readonly offset: number;
  /** Time of modification to set, milliseconds since 1970; `null` for the time of writing. */
  readonly modifiedMs: number | null;
  /** Version tag of the source, stored beside the part; `null` to store none. */
  readonly version: string | null;
  /** Lets those execute the file that may read it. Default: gives that right to none. */
  readonly isExecutable?: boolean;
}

/** A file with its final name. */
export interface CommittedFile {
  readonly path: string;
  readonly stamp: FileStamp;
}

/** The outcome of `commit`: the file, or why there is none. */
export type CommitResult = CommittedFile | "wrong" | "taken";

/**
 * A file that is being received. Synchronous, for use in a worker.
 *
 * Its bytes lie in a part, locked against other processes, until the file is whole, verified and
 * synced; only then does it get its final name, in one step that never replaces a file unasked. The
 * caller must end it with `commit`, `discard`, `giveUp`, or `close`, which leaves the part behind.
 *
 * Order of calls: `hashKept` until all kept bytes are hashed, then `begin`, then `write`.
 */
export class PartFile {
  readonly #target: FileTarget;
  readonly #folder: string;
  readonly #path: string;
  /** The final place, which errors name: the part is internal. */
  readonly #shownPath: string;
  readonly #file: Deno.FsFile;
  #details: FileDetails | null = null;
  #hash: Hash = createHash("sha256");
  /** Bytes in the part: kept and written. */
  #length: number;
  #hashedBytes = 0;
  /** Whether another thread hashes the bytes. */
  #isHashedBeside = false;
  #isVerified = false;

  /**
   * Opens and locks the part; its private folder is created if missing.
   *
   * @throws {DiskError} `busy` while another transfer receives the same file
   */
  constructor(target: FileTarget) {
    this.#target = target;
    this.#shownPath = join(target.directory, target.name);
    checkPlace(target);
    ({ folder: this.#folder, path: this.#path, file: this.#file } = openPart(target));
    try {
      const { size } = this.#file.statSync();
      this.#length = size > target.keepBytes ? 0 : size;
      if (this.#length < size) this.#empty();
      if (size === 0 && target.earlierPath !== undefined) {
        this.#length = copyEarlierPart(target.earlierPath, this.#file, target.keepBytes);
      }
    } catch (error) {
      this.#file.close();
      throw asDiskError(error, this.#shownPath, "write");
    }
  }

  /** Bytes in the part: kept and written. */
  get lengthBytes(): number {
    return this.#length;
  }

  /**
   * Hashes up to `sliceBytes` more of the kept bytes.
   *
   * @returns whether all of them are hashed
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
      throw asDiskError(error, this.#shownPath, "read");
    }
    return this.#hashedBytes === this.#length;
  }

  /**
   * Sets the properties of the file, before the first `write`.
   *
   * @param storesVersion `false` if all bytes are at hand, so that no resume can need the version
   * @throws {DiskError} also if `offset` is neither 0 nor the number of hashed bytes
   */
  begin(details: FileDetails, storesVersion = true): void {
    this.#details = details;
    try {
      if (details.offset === 0) this.#startOver();
      if (details.offset !== this.#hashedBytes) throw new Error("it is not what it was");
      if (storesVersion && details.version !== null) {
        writeVersion(this.#path, details.version);
      }
    } catch (error) {
      throw asDiskError(error, this.#shownPath, "write");
    }
  }

  /**
   * Appends bytes, and hashes them.
   *
   * @throws {ProtocolError} `bad-sequence` beyond the size of the file
   * @throws {DiskError}
   */
  write(bytes: Uint8Array): void {
    this.#checkRoom(bytes);
    this.#hash.update(bytes);
    this.#append(bytes);
    this.#hashedBytes += bytes.length;
  }

  /**
   * Appends bytes that another thread has hashed, from the first byte of the file on. `commit` then
   * gets the hash.
   *
   * @param position where the bytes belong in the file
   * @throws as `write` does; an error if bytes are missing before them, or were written already
   */
  writeHashed(bytes: Uint8Array, position: number): void {
    if (position !== this.#length || this.#hashedBytes > 0) {
      throw new Error(`Cannot write at ${position}: the file has ${this.#length} bytes`);
    }
    this.#checkRoom(bytes);
    this.#isHashedBeside = true;
    this.#append(bytes);
  }

  #checkRoom({ length }: Uint8Array): void {
    const sizeBytes = this.#details?.sizeBytes ?? 0;
    if (this.#length + length <= sizeBytes) return;
    const what = `more than the ${sizeBytes} bytes come that were announced`;
    throw new ProtocolError("bad-sequence", `Cannot accept the file: ${what}`);
  }

  #append(bytes: Uint8Array): void {
    try {
      // Counts a partial write to a full disk, too
      writeAllSync(this.#file, bytes, (count) => this.#length += count);
    } catch (error) {
      throw asDiskError(error, this.#shownPath, "write");
    }
  }

  /**
   * Verifies the file and syncs it: `commit` has only to give it its name then. Takes and throws what that
   * does. @returns its stamp; `wrong` if size or hash do not match, and the part is removed
   */
  verify(sha256: string, hashedAs?: string): FileStamp | "wrong" {
    const isWhole = this.#length === this.#details?.sizeBytes;
    const received = this.#isHashedBeside ? hashedAs : this.#hash.digest("hex");
    if (!isWhole || received !== sha256) {
      this.discard();
      return "wrong";
    }
    return this.#orGiveUp(() => {
      this.#sync();
      this.#isVerified = true;
      return stampOf(this.#file.statSync());
    });
  }

  /**
   * Verifies the file, syncs it, and moves it to its final name.
   *
   * @param sha256 the expected hash, in hex
   * @param hashedAs the hash of what `writeHashed` got, by the thread that hashed it
   * @returns `wrong` if size or hash do not match, and the part is removed; `taken` if the final
   * name is taken
   * @throws {DiskError} after which, as after `taken`, the part stays if `staysOnError` is set
   */
  commit(sha256: string, hashedAs?: string): CommitResult {
    if (!this.#isVerified && this.verify(sha256, hashedAs) === "wrong") return "wrong";
    const result = this.#orGiveUp(() => this.#giveName());
    if (result === "taken") this.giveUp();
    else this.#file.close();
    removeWorkFolder(this.#folder);
    return result;
  }

  /** Removes the part. */
  discard(): void {
    removeQuietly(this.#path);
    this.#forgetVersion();
    this.#file.close();
    removeWorkFolder(this.#folder);
  }

  /** Closes the part and leaves it behind, unless it is empty. */
  close(): void {
    if (this.#length === 0) return this.discard();
    this.#file.close();
    removeWorkFolder(this.#folder); // If something has removed the part
  }

  /** Closes or discards the part after an error, as the target's `staysOnError` says. */
  giveUp(): void {
    if (this.#target.staysOnError) this.close();
    else this.discard();
  }

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

  #orGiveUp<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.giveUp();
      throw asDiskError(error, this.#shownPath, "finish");
    }
  }

  #sync(): void {
    const { directory, name, ifTaken } = this.#target;
    const { modifiedMs = null, isExecutable = false } = this.#details ?? {};
    if (modifiedMs !== null) this.#file.utimeSync(new Date(), new Date(modifiedMs));
    if (isExecutable) makeExecutable(this.#path);
    if (ifTaken === "replace") keepAttributes(this.#path, join(directory, name), isExecutable);
    this.#file.syncSync();
  }

  #giveName(): CommittedFile | "taken" {
    const { directory } = this.#target;
    checkPlace(this.#target);
    if (directory !== this.#target.partBase) makeFinalFolder(this.#target);
    if (!isSameFile(this.#file, this.#path)) throw replacedError(this.#shownPath);
    this.#forgetVersion();
    const path = commitName(this.#path, this.#target);
    if (path === null) return "taken";
    return { path, stamp: stampOf(this.#file.statSync()) };
  }

  #forgetVersion(): void {
    if (this.#details !== null && this.#details.version === null) return;
    removeIfThere(versionPath(this.#path));
  }
}
