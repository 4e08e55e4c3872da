import { createHash, type Hash } from "node:crypto";
import { RequestError } from "../protocol/errors.ts";
import { asRequestError } from "./disk_error.ts";
import type { StoredFile } from "./directory_store.ts";
import { type FileStamp, isSameStamp, stampOf } from "./file_stamp.ts";

/** Files are read and hashed by so many bytes at a time. */
export const HASH_BUFFER_BYTES = 1024 * 1024;

/**
 * A file that is being read to be sent, with synchronous calls, for use in a worker.
 *
 * It answers for the state of the file that it was opened with: whatever changes that, growing,
 * shrinking, or another file in its place, is `changed`.
 */
export class SourceFile {
  readonly #path: string;
  readonly #identity: FileStamp;
  readonly #file: Deno.FsFile;
  #position = 0;

  /** @throws {RequestError} when it cannot be opened, or is not in that state any more */
  constructor({ realPath, stamp }: StoredFile) {
    this.#path = realPath;
    this.#identity = stamp;
    try {
      this.#file = Deno.openSync(realPath);
    } catch (error) {
      throw asRequestError(error);
    }
    try {
      this.checkUnchanged();
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** Where the next read begins. */
  get position(): number {
    return this.#position;
  }

  /** Bytes that have not been read yet. */
  get leftBytes(): number {
    return this.#identity.sizeBytes - this.#position;
  }

  /** Goes on at `position`, which is not beyond the end. */
  seek(position: number): void {
    this.#position = this.#file.seekSync(position, Deno.SeekMode.Start);
  }

  /**
   * Fills `into` as far as the file goes, and returns how many bytes that are. Before the last
   * byte is handed out, it has made sure that the file did not change.
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
    let byHandle: FileStamp;
    let byPath: FileStamp;
    try {
      byHandle = stampOf(this.#file.statSync());
      byPath = stampOf(Deno.statSync(this.#path));
    } catch (cause) {
      throw new RequestError("changed", undefined, { cause });
    }
    const same = isSameStamp(byHandle, this.#identity) && isSameStamp(byPath, this.#identity);
    if (!same) throw new RequestError("changed");
  }

  /** Closes the file; the object is used up. */
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

/**
 * A {@link SourceFile} with the SHA-256 of all that was read of it, from the first byte on. The
 * beginning can be hashed slice by slice, so that its worker stays responsive.
 */
export class HashedSource {
  readonly #source: SourceFile;
  readonly #hash: Hash = createHash("sha256");
  #buffer: Uint8Array | null = null;

  /** Takes the file over, of which nothing has been read. */
  constructor(source: SourceFile) {
    this.#source = source;
  }

  /** Bytes that have not been read yet. */
  get leftBytes(): number {
    return this.#source.leftBytes;
  }

  /**
   * Hashes up to `sliceBytes` more, no further than `end` or the end of the file.
   *
   * @returns whether that is reached
   * @throws {RequestError} `changed`
   */
  hashSlice(sliceBytes: number, end: number): boolean {
    const { position, leftBytes } = this.#source;
    const goal = Math.min(end, position + leftBytes);
    const stop = Math.min(position + sliceBytes, goal);
    const buffer = this.#buffer ??= new Uint8Array(Math.min(HASH_BUFFER_BYTES, goal));
    while (this.#source.position < stop) {
      this.read(buffer.subarray(0, stop - this.#source.position));
    }
    return this.#source.position === goal;
  }

  /** Reads as {@link SourceFile.read} does, and hashes it. */
  read(into: Uint8Array): number {
    const count = this.#source.read(into);
    this.#hash.update(into.subarray(0, count));
    return count;
  }

  /** The SHA-256, in hex, of what was read. To be called once. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  /** Closes the file. */
  close(): void {
    this.#source.close();
  }
}
