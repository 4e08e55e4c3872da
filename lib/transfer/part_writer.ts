import type { FileStamp } from "../files/file_stamp.ts";
import type { CommitResult } from "../files/part_file.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { LentWorker } from "../worker/lent_worker.ts";

/** An open part, in the thread of a worker. */
export interface OpenPart {
  readonly worker: FileWorker;
  readonly handle: number;
  /** Whether the part stays after an error. */
  readonly staysOnError: boolean;
}

/**
 * Hashes and writes the bytes of a part that is open in a worker. Calls need not be awaited, and take
 * effect in their order. A call that fails has closed the part; the bytes of later ones are dropped.
 */
export interface PartWriter {
  /** Hashes and writes bytes; resolves to their buffer. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  /** The same for the payload of an FZST frame; resolves to the number of inflated bytes. */
  writeZstd(payload: Uint8Array<ArrayBuffer>): Promise<number>;
  /** See `PartFile.verify`; may be called before `commit`. */
  verify(sha256: string): Promise<FileStamp | "wrong">;
  /** See `PartFile.commit`. */
  commit(sha256: string): Promise<CommitResult>;
  /** To be called at last, also after `commit`. Leaves the part as it is. */
  end(): void;
}

/** Hashes in the thread that writes. */
export class PlainPartWriter implements PartWriter {
  readonly #part: OpenPart;

  /** Writes to a part that is opened by then. */
  constructor(part: OpenPart) {
    this.#part = part;
  }

  /** @inheritdoc */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    const { worker, handle } = this.#part;
    return worker.call("write", [handle, bytes], [bytes.buffer]);
  }

  /** @inheritdoc */
  writeZstd(payload: Uint8Array<ArrayBuffer>): Promise<number> {
    const { worker, handle } = this.#part;
    return worker.call("writeZstd", [handle, payload], [payload.buffer]);
  }

  /** @inheritdoc */
  verify(sha256: string): Promise<FileStamp | "wrong"> {
    const { worker, handle } = this.#part;
    return worker.call("verify", [handle, sha256]);
  }

  /** @inheritdoc */
  commit(sha256: string): Promise<CommitResult> {
    const { worker, handle } = this.#part;
    return worker.call("commit", [handle, sha256]);
  }

  /** @inheritdoc */
  end(): void {}
}

/**
 * Hashes in one thread while the other writes what was hashed before.
 *
 * A buffer goes from one thread to the other, and is never in both: nothing can change a byte between
 * its hash and its write. The file is committed once every write is answered.
 */
export class BesidePartWriter implements PartWriter {
  readonly #part: OpenPart;
  readonly #hasher: LentWorker;
  readonly #hash: number;
  /** Bytes that are hashed, and handed on to be written. */
  #hashedBytes = 0;
  /** Settles with all writes so far. */
  #written: Promise<void> = Promise.resolve();
  #isHashed = false;
  #hashedAs: string | null = null;
  #isEnded = false;

  /** @param hasher given back by `end` */
  constructor(part: OpenPart, hasher: LentWorker) {
    this.#part = part;
    this.#hasher = hasher;
    this.#hash = hasher.worker.newHandle();
  }

  /** @inheritdoc */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    const hashed = this.#hasher.worker.call("hashBlock", [this.#hash, bytes], [bytes.buffer]);
    return this.#keep(this.#writeHashed(hashed));
  }

  /** @inheritdoc */
  async writeZstd(payload: Uint8Array<ArrayBuffer>): Promise<number> {
    const hashed = this.#hasher.worker.call("hashZstd", [this.#hash, payload], [payload.buffer]);
    const written = await this.#keep(this.#writeHashed(hashed));
    return written.byteLength; // What is inflated has a buffer of its size
  }

  /** @inheritdoc */
  async verify(sha256: string): Promise<FileStamp | "wrong"> {
    const hashedAs = await this.#endHash();
    const { worker, handle } = this.#part;
    return await worker.call("verify", [handle, sha256, hashedAs]);
  }

  /** @inheritdoc */
  async commit(sha256: string): Promise<CommitResult> {
    const hashedAs = await this.#endHash();
    const { worker, handle } = this.#part;
    return await worker.call("commit", [handle, sha256, hashedAs]);
  }

  /** The hash of all bytes, which are written by then. */
  async #endHash(): Promise<string> {
    if (this.#hashedAs !== null) return this.#hashedAs;
    this.#isHashed = true;
    const hashedAs = await this.#orClose(this.#hasher.worker.call("endBlocks", [this.#hash]));
    await this.#written;
    return this.#hashedAs = hashedAs;
  }

  /** @inheritdoc */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (!this.#isHashed) {
      const forgotten = this.#hasher.worker.call("endBlocks", [this.#hash]);
      forgotten.catch(() => {}); // A dead thread has no hash
    }
    this.#hasher[Symbol.dispose]();
  }

  async #writeHashed(hashed: Promise<Uint8Array<ArrayBuffer>>): Promise<ArrayBuffer> {
    const { worker, handle } = this.#part;
    const bytes = await this.#orClose(hashed);
    const position = this.#hashedBytes;
    this.#hashedBytes += bytes.length;
    return await worker.call("writeHashed", [handle, bytes, position], [bytes.buffer]);
  }

  /** The thread that hashes knows nothing of the part, which a failure must leave closed. */
  async #orClose<T>(hashing: Promise<T>): Promise<T> {
    try {
      return await hashing;
    } catch (error) {
      const { worker, handle, staysOnError } = this.#part;
      await worker.call("endReceive", [handle, !staysOnError]).catch(() => {}); // Dead is as good
      throw error;
    }
  }

  #keep<T>(writing: Promise<T>): Promise<T> {
    this.#written = Promise.all([this.#written, writing]).then(() => {});
    this.#written.catch(() => {}); // The caller of the write handles it
    return writing;
  }
}
