import { createHash, type Hash } from "node:crypto";
import { RequestError } from "../protocol/errors.ts";
import type { StoredFile } from "./directory_store.ts";
import { asRequestError } from "./disk_error.ts";
import { type FileStamp, isSameStamp, stampOf } from "./file_stamp.ts";

/** Size of the buffer in which files are read to be hashed. */
export const HASH_BUFFER_BYTES = 1024 * 1024;

/**
 * A file that is being read to be sent. Synchronous, for use in a worker.
 *
 * It guarantees that all bytes belong to the state with the given stamp: if the file grows,
 * shrinks, or is replaced, it fails with `changed`. Of a file whose bytes still arrive, the caller asks
 * only for what is there.
 */
export class SourceFile {
  readonly #path: string;
  readonly #stamp: FileStamp;
  readonly #file: Deno.FsFile;
  readonly #end: number;
  readonly #isArriving: boolean;
  #position = 0;

  /**
   * @param end the position behind the last byte to be read
   * @throws {RequestError} if the file cannot be opened; `changed` if its stamp has changed
   */
  constructor(file: StoredFile, end: number = file.stamp.sizeBytes) {
    this.#path = file.realPath;
    this.#stamp = file.stamp;
    this.#end = end;
    this.#isArriving = file.arrivingPath !== undefined;
    try {
      this.#file = openFirst([file.arrivingPath, file.realPath]);
    } catch (error) {
      throw asRequestError(error);
    }
    try {
      if (file.isConfined && !isRealPath(file.realPath)) throw new RequestError("changed");
      this.checkUnchanged();
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** Position of the next read. */
  get position(): number {
    return this.#position;
  }

  /** Bytes that have not been read yet. */
  get leftBytes(): number {
    return this.#end - this.#position;
  }

  /** Moves to `position`, which must not lie beyond the end. */
  seek(position: number): void {
    this.#position = this.#file.seekSync(position, Deno.SeekMode.Start);
  }

  /**
   * Fills `into` up to the end, and returns the number of bytes. Checks that the file
   * is unchanged before it returns the last byte.
   *
   * @throws {RequestError} `changed`
   */
  read(into: Uint8Array): number {
    const wanted = Math.min(into.length, this.leftBytes);
    let filled = 0;
    while (filled < wanted) {
      const count = this.#readSome(into.subarray(filled, wanted));
      if (count === null) throw new RequestError("changed");
      filled += count;
    }
    this.#position += filled;
    if (this.leftBytes === 0) this.checkUnchanged();
    return filled;
  }

  /** @throws {RequestError} `changed` */
  checkUnchanged(): void {
    if (this.#isArriving) return;
    let byHandle: FileStamp;
    let byPath: FileStamp;
    try {
      byHandle = stampOf(this.#file.statSync());
      byPath = stampOf(Deno.statSync(this.#path));
    } catch (cause) {
      throw new RequestError("changed", undefined, { cause });
    }
    const isSame = isSameStamp(byHandle, this.#stamp) && isSameStamp(byPath, this.#stamp);
    if (!isSame) throw new RequestError("changed");
  }

  /** Closes the file; the object must not be used any more. */
  close(): void {
    this.#file.close();
  }

  #readSome(into: Uint8Array): number | null {
    try {
      return this.#file.readSync(into);
    } catch (error) {
      throw asRequestError(error);
    }
  }
}

/** Opens the first of the paths that is there. @throws the system's error for the last one */
function openFirst([first, ...others]: readonly (string | undefined)[]): Deno.FsFile {
  try {
    if (first !== undefined) return Deno.openSync(first);
  } catch (error) {
    if (others.length === 0 || !(error instanceof Deno.errors.NotFound)) throw error;
  }
  return openFirst(others);
}

/** Whether a path is there and no link is in it. Synchronous, for use in a worker. */
export function isRealPath(path: string): boolean {
  try {
    return Deno.realPathSync(path) === path;
  } catch {
    return false; // It is gone, or may not be seen
  }
}

/** Shared by all files of a thread: hashing a slice never waits. */
let hashBuffer: Uint8Array | null = null;

/**
 * A {@link SourceFile} that hashes all bytes read, from the first one on. A prefix can be hashed in
 * slices, so that the worker stays responsive.
 */
export class HashedSource {
  readonly #source: SourceFile;
  readonly #hash: Hash = createHash("sha256");

  /** Owns `source` from now on, from which nothing must have been read. */
  constructor(source: SourceFile) {
    this.#source = source;
  }

  /** Bytes that have not been read yet. */
  get leftBytes(): number {
    return this.#source.leftBytes;
  }

  /**
   * Hashes up to `sliceBytes` more, but not beyond `end` or the end of the file.
   *
   * @returns whether that position is reached
   * @throws {RequestError} `changed`
   */
  hashSlice(sliceBytes: number, end: number): boolean {
    const { position, leftBytes } = this.#source;
    const goal = Math.min(end, position + leftBytes);
    const stop = Math.min(position + sliceBytes, goal);
    const buffer = hashBuffer ??= new Uint8Array(HASH_BUFFER_BYTES);
    while (this.#source.position < stop) {
      this.read(buffer.subarray(0, stop - this.#source.position));
    }
    return this.#source.position === goal;
  }

  /** Reads as {@link SourceFile.read}, and hashes the bytes. */
  read(into: Uint8Array): number {
    const count = this.#source.read(into);
    this.#hash.update(into.subarray(0, count));
    return count;
  }

  /** The SHA-256, in hex, of all bytes read. To be called once. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  /** Closes the file. */
  close(): void {
    this.#source.close();
  }
}
