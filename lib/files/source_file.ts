import { createHash, type Hash } from "node:crypto";
import { RequestError } from "../protocol/errors.ts";
import { asRequestError } from "./disk_error.ts";
import { type FileIdentity, identityOf, sameIdentity } from "./file_identity.ts";
import type { StoredFile } from "./directory_store.ts";

const HASH_BUFFER_BYTES = 1024 * 1024;

/**
 * A file that is being read to be served, with synchronous calls, for use in a worker.
 *
 * It answers for the state of the file that it was opened with: whatever changes that, growing,
 * shrinking, or another file in its place, is `changed`.
 */
export class SourceFile {
  readonly #path: string;
  readonly #identity: FileIdentity;
  readonly #file: Deno.FsFile;
  #readBytes = 0;

  /** @throws {RequestError} when it cannot be opened, or is not in that state any more */
  constructor({ realPath, identity }: StoredFile) {
    this.#path = realPath;
    this.#identity = identity;
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

  /** Bytes that have not been read yet. */
  get leftBytes(): number {
    return this.#identity.sizeBytes - this.#readBytes;
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
    this.#readBytes += filled;
    if (this.leftBytes === 0) this.checkUnchanged();
    return filled;
  }

  /** @throws {RequestError} `changed` */
  checkUnchanged(): void {
    let byHandle: FileIdentity;
    let byPath: FileIdentity;
    try {
      byHandle = identityOf(this.#file.statSync());
      byPath = identityOf(Deno.statSync(this.#path));
    } catch (cause) {
      throw new RequestError("changed", undefined, { cause });
    }
    const same = sameIdentity(byHandle, this.#identity) && sameIdentity(byPath, this.#identity);
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

/** Hashes a {@link SourceFile} slice by slice, so that its worker stays responsive. */
export class SourceHasher {
  readonly #source: SourceFile;
  readonly #hash: Hash = createHash("sha256");
  readonly #buffer = new Uint8Array(HASH_BUFFER_BYTES);

  /** Takes the file over. */
  constructor(source: SourceFile) {
    this.#source = source;
  }

  /**
   * Hashes up to `sliceBytes` more.
   *
   * @returns the SHA-256 in hex once the whole file is read, else `null`
   * @throws {RequestError} `changed`
   */
  hashSlice(sliceBytes: number): string | null {
    for (let done = 0; done < sliceBytes && this.#source.leftBytes > 0;) {
      const count = this.#source.read(this.#buffer);
      this.#hash.update(this.#buffer.subarray(0, count));
      done += count;
    }
    return this.#source.leftBytes === 0 ? this.#hash.digest("hex") : null;
  }

  /** Closes the file. */
  close(): void {
    this.#source.close();
  }
}
