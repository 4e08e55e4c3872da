import { createHash, type Hash } from "node:crypto";
import { join } from "@std/path";
import { LIMITS } from "../protocol/limits.ts";
import { asDiskError, DiskError, systemCode } from "./disk_error.ts";

const PART_SUFFIX = ".part";
const HASH_BUFFER_BYTES = 1024 * 1024;
/** How many `NAME (n)` are tried before giving up. */
const LARGEST_NUMBER = 9_999;
/** What is longer behind the last dot is no extension: the number must have room beside it. */
const LONGEST_EXTENSION = 64;
const encoder = new TextEncoder();

/** Where a received file goes, and what it must be. */
export interface FileTarget {
  readonly directory: string;
  /** One checked component. */
  readonly name: string;
  readonly sizeBytes: number;
  /** In hex, lower case. */
  readonly sha256: string;
  /** Replace another file of that name, instead of taking the name `NAME (1)`. */
  readonly replace: boolean;
}

/**
 * A file that is being received, with synchronous calls, for use in a worker.
 *
 * Its bytes lie in `NAME.part`, locked against other processes, until the file is whole, right and
 * synced; only then does it get its name, in one step that never replaces a file unasked. Whoever
 * holds one must end it with `commit`, `discard`, or `close`, which leaves the part behind.
 */
export class PartFile {
  readonly #target: FileTarget;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #hash: Hash = createHash("sha256");
  #writtenBytes = 0;

  /**
   * Opens the part, empty, making the folder if it is not there.
   *
   * @throws {DiskError} `busy` while another process receives the same name
   */
  constructor(target: FileTarget) {
    this.#target = target;
    this.#path = join(target.directory, partName(target.name));
    try {
      Deno.mkdirSync(target.directory, { recursive: true });
      this.#file = openLocked(this.#path);
      this.#file.truncateSync(0);
    } catch (error) {
      throw asDiskError(error, this.#path, "write");
    }
  }

  /** Appends. @throws {DiskError} */
  write(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    try {
      for (let offset = 0; offset < bytes.length;) {
        offset += this.#file.writeSync(offset === 0 ? bytes : bytes.subarray(offset));
      }
    } catch (error) {
      throw asDiskError(error, this.#path, "write");
    }
    this.#writtenBytes += bytes.length;
  }

  /**
   * Verifies the whole and gives it its name.
   *
   * @returns the path that it has now; `null` if size or hash are not what was promised, in which
   * case nothing is left of it
   * @throws {DiskError} the part is left behind
   */
  commit(): string | null {
    const { sizeBytes, sha256 } = this.#target;
    if (this.#writtenBytes !== sizeBytes || this.#hash.digest("hex") !== sha256) {
      this.discard();
      return null;
    }
    try {
      this.#file.syncSync();
      const path = this.#place();
      syncFolder(this.#target.directory);
      return path;
    } catch (error) {
      throw asDiskError(error, this.#path, "finish");
    } finally {
      this.#file.close();
    }
  }

  /** Removes the part. */
  discard(): void {
    try {
      Deno.removeSync(this.#path);
    } catch {
      // Gone already, or not ours to remove: the next download of this name reuses it
    }
    this.#file.close();
  }

  /** Closes and leaves the part behind, unless it is empty. */
  close(): void {
    if (this.#writtenBytes === 0) this.discard();
    else this.#file.close();
  }

  #place(): string {
    const { directory, name, replace } = this.#target;
    if (replace) {
      const path = join(directory, name);
      Deno.renameSync(this.#path, path);
      return path;
    }
    for (let number = 0; number <= LARGEST_NUMBER; number++) {
      const path = join(directory, numberedName(name, number));
      if (moveToFreeName(this.#path, path)) return path;
    }
    throw new DiskError("exists", this.#path, `Cannot name ${name}: too many files have that name`);
  }
}

/**
 * The path of a file that is already there, under the target's name or a numbered one, and right;
 * or `null`. With `replace` only the name itself counts.
 *
 * @throws {DiskError}
 */
export function findReceived(target: FileTarget): string | null {
  const last = target.replace ? 0 : LARGEST_NUMBER;
  for (let number = 0; number <= last; number++) {
    const path = join(target.directory, numberedName(target.name, number));
    try {
      const info = Deno.statSync(path);
      const same = info.isFile && info.size === target.sizeBytes &&
        hashFile(path) === target.sha256;
      if (same) return path;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw asDiskError(error, path, "read");
    }
  }
  return null;
}

/** The SHA-256, in hex, of a file, read in one go. */
export function hashFile(path: string): string {
  using file = Deno.openSync(path);
  const hash = createHash("sha256");
  const buffer = new Uint8Array(HASH_BUFFER_BYTES);
  for (;;) {
    const count = file.readSync(buffer);
    if (count === null) return hash.digest("hex");
    hash.update(buffer.subarray(0, count));
  }
}

/** `NAME.part`; a name that is too long for that is replaced by its hash. */
export function partName(name: string): string {
  if (encoder.encode(name + PART_SUFFIX).length <= LIMITS.nameBytes) return name + PART_SUFFIX;
  return createHash("sha256").update(name).digest("hex") + PART_SUFFIX;
}

/** `NAME` for 0, else `STEM (number).EXT`, the stem cut where the whole would be too long. */
export function numberedName(name: string, number: number): string {
  if (number === 0) return name;
  const dot = name.lastIndexOf(".");
  const hasExtension = dot > 0 && name.length - dot <= LONGEST_EXTENSION;
  const stem = hasExtension ? name.slice(0, dot) : name;
  const ending = ` (${number})${hasExtension ? name.slice(dot) : ""}`;
  const characters = [...stem];
  while (encoder.encode(characters.join("") + ending).length > LIMITS.nameBytes) characters.pop();
  return characters.join("") + ending;
}

/** Opens a regular file for writing, created where it is not there, and locks it. */
function openLocked(path: string): Deno.FsFile {
  for (;;) {
    refuseSpecialFile(path);
    const file = Deno.openSync(path, { write: true, create: true });
    try {
      if (!file.tryLockSync(true)) {
        throw new DiskError("busy", path, `Cannot write ${path}: another download is writing it`);
      }
      // Whoever held the lock before may have given this very file its final name
      if (isSameFile(file, path)) return file;
      file.close();
    } catch (error) {
      file.close();
      throw error;
    }
  }
}

function refuseSpecialFile(path: string): void {
  try {
    if (Deno.lstatSync(path).isFile) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new DiskError("exists", path, `Cannot write ${path}: it is not a regular file`);
}

function isSameFile(file: Deno.FsFile, path: string): boolean {
  try {
    return file.statSync().ino === Deno.lstatSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Renames unless the new name is taken, in one step where the file system has hard links. */
function moveToFreeName(from: string, to: string): boolean {
  try {
    Deno.linkSync(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(systemCode(error))) {
      throw error;
    }
    return moveWithoutLinks(from, to);
  }
  Deno.removeSync(from);
  return true;
}

function moveWithoutLinks(from: string, to: string): boolean {
  try {
    Deno.lstatSync(to);
    return false;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.renameSync(from, to);
  return true;
}

/** Makes a new name in a folder durable, where the system can. */
function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return;
  using folder = Deno.openSync(path);
  folder.syncSync();
}
