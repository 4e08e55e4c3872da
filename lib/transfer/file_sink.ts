import type { CommitResult, FileDetails, FileTarget } from "../files/part_file.ts";
import type { FileStamp } from "../files/file_stamp.ts";
import type { WantedFile } from "../files/find_received.ts";
import { SMALL_FILE_BYTES } from "../files/small_bytes.ts";
import { concatBytes } from "../protocol/frames.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import { HASH_SLICE_BYTES } from "../worker/hash_slice.ts";
import type { LendWorker } from "../worker/lent_worker.ts";
import {
  BesidePartWriter,
  type OpenPart,
  type PartWriter,
  PlainPartWriter,
} from "./part_writer.ts";

/** Maximum of pending writes: the memory of a transfer beside the reader's buffer. */
const MAX_PENDING_WRITES = 3;
/** A file with so many bytes is hashed in a thread of its own: starting that costs little beside. */
const HASHED_BESIDE_BYTES = 32 * 1024 * 1024;

/** Events of a {@link FileSink}. */
export interface FileSinkEvents {
  /** The bytes of a buffer are written: the buffer may be reused. */
  onWritten(buffer: ArrayBuffer): void;
  /** The payload of an FZST frame inflated to `count` bytes of the file. */
  onInflated?(count: number): void;
  /** A worker failed, and the file is closed. Called once at most. */
  onError(error: unknown): void;
}

/** Options of a {@link FileSink}. */
export interface FileSinkOptions {
  /** Lends the worker that hashes a large file while the other writes. Default: lends none. */
  readonly lendHasher?: LendWorker;
  /** The size of a large file. Default 32 MiB. */
  readonly besideBytes?: number;
}

/**
 * Writes one received file through a worker, with a bounded number of pending writes.
 *
 * Calls need not be awaited: the worker runs them in order, and serves several sinks at a time. The
 * owner must end the sink with `finish` or `end`.
 */
export class FileSink {
  readonly #worker: FileWorker;
  readonly #events: FileSinkEvents;
  readonly #target: FileTarget;
  readonly #handle: number;
  readonly #options: FileSinkOptions;
  #writer: PartWriter;
  #details: FileDetails | null = null;
  /** The pieces of a small file, in memory until it is whole; `null` if the worker writes it. */
  #small: Uint8Array<ArrayBuffer>[] | null = null;
  #smallBytes = 0;
  #isOpen = false;
  #hasFailed = false;
  #writes: Promise<void>[] = [];
  /** Resolves when the result of the last call is handled. */
  #lastHandled: Promise<void> = Promise.resolve();

  /** Opens nothing yet. */
  constructor(
    worker: FileWorker,
    target: FileTarget,
    events: FileSinkEvents,
    options: FileSinkOptions = {},
  ) {
    this.#worker = worker;
    this.#target = target;
    this.#handle = worker.newHandle();
    this.#events = events;
    this.#options = options;
    this.#writer = new PlainPartWriter(this.#part);
  }

  /**
   * Begins the file, unless it exists already: then returns its path, and later writes are dropped.
   * Returns `null` if the file is begun, and on failure.
   */
  async beginMissing(wanted: WantedFile, details: FileDetails): Promise<string | null> {
    this.#isOpen = true;
    const received = await this.#call(() =>
      this.#worker.call("startReceiveMissing", [this.#handle, wanted, this.#target, details])
    );
    return received ?? null;
  }

  /**
   * Opens and hashes the part of an earlier transfer.
   *
   * @returns the number of kept bytes; `null` on failure
   */
  async openPart(): Promise<number | null> {
    if (this.#target.keepBytes === 0) return 0;
    this.#isOpen = true;
    const keptBytes = await this.#call(() =>
      this.#worker.call("openPart", [this.#handle, this.#target])
    );
    while (this.#isOpen && keptBytes !== 0) {
      const isDone = await this.#call(() =>
        this.#worker.call("hashKept", [this.#handle, HASH_SLICE_BYTES])
      );
      if (isDone === true) break;
    }
    return this.#isOpen ? keptBytes ?? null : null;
  }

  /** Begins the file, at the end of the kept bytes or at 0. */
  begin(details: FileDetails): void {
    this.#details = details;
    this.#hashBeside(details);
    if (this.#isOpen) {
      this.#call(() => this.#worker.call("beginReceive", [this.#handle, details]));
    } else if (details.sizeBytes <= SMALL_FILE_BYTES) {
      this.#small = [];
    } else {
      this.#isOpen = true;
      this.#call(() => this.#worker.call("startReceive", [this.#handle, this.#target, details]));
    }
  }

  /** Writes bytes, and owns their buffer. Resolves when there is room for more. */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#small !== null && this.#fits(bytes)) return this.#keepSmall(this.#small, bytes);
    this.#flushSmall();
    await this.#enqueue(() => this.#write(bytes));
  }

  /** As `write`, for the payload of an FZST frame. */
  async writeZstd(payload: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#flushSmall();
    await this.#enqueue(async () => {
      const count = await this.#writer.writeZstd(payload);
      this.#events.onInflated?.(count);
    });
  }

  /**
   * Verifies and syncs the file, has others agree, and moves it to its final name.
   *
   * @param agree what it throws is thrown, and leaves the part to `end`
   * @returns `null` on failure
   */
  async finishAgreed(
    sha256: string,
    agree: (verified: FileStamp) => Promise<void>,
  ): Promise<CommitResult | null> {
    this.#flushSmall();
    const verified = await this.#call(() => this.#writer.verify(sha256)) ?? null;
    if (verified === null || verified === "wrong") {
      this.#isOpen = false;
      this.#writer.end();
      return verified;
    }
    await agree(verified);
    return await this.finish(sha256);
  }

  /** Verifies the file and moves it to its final name; `null` on failure. */
  async finish(sha256: string): Promise<CommitResult | null> {
    this.#isOpen = false;
    const details = this.#details;
    const small = this.#small;
    this.#small = null;
    const commit = small !== null && details !== null
      ? () => this.#store(details, small, sha256)
      : () => this.#writer.commit(sha256);
    const result = await this.#call(commit) ?? null;
    this.#writer.end();
    return result;
  }

  /**
   * Ends the sink; the part is left behind, or removed if `discard` is set. Repeated calls do
   * nothing. Resolves when another sink may open the part; never rejects.
   */
  async end(discard: boolean): Promise<void> {
    this.#small = null;
    this.#writer.end();
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const ended = this.#worker.call("endReceive", [this.#handle, discard]);
    await ended.catch(() => {}); // A dead worker has no open files
  }

  get #part(): OpenPart {
    const { staysOnError } = this.#target;
    return { worker: this.#worker, handle: this.#handle, staysOnError };
  }

  /** Kept bytes are hashed in the thread that writes, and so are those behind them. */
  #hashBeside({ sizeBytes, offset }: FileDetails): void {
    const { lendHasher, besideBytes = HASHED_BESIDE_BYTES } = this.#options;
    const hasher = sizeBytes >= besideBytes && offset === 0 ? lendHasher?.() : null;
    if (!hasher) return;
    this.#writer = new BesidePartWriter(this.#part, hasher);
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#events.onWritten(await this.#writer.write(bytes));
  }

  async #store(
    details: FileDetails,
    parts: readonly Uint8Array<ArrayBuffer>[],
    sha256: string,
  ): Promise<CommitResult> {
    const bytes = concatBytes(parts);
    const args = [this.#target, details, bytes, sha256] as const;
    return await this.#worker.call("store", [...args], [bytes.buffer]);
  }

  /** Copies: otherwise a few bytes could hold a large buffer in memory. */
  #keepSmall(parts: Uint8Array<ArrayBuffer>[], bytes: Uint8Array<ArrayBuffer>): void {
    parts.push(bytes.slice());
    this.#events.onWritten(bytes.buffer);
  }

  /** Whether a small file has room for the bytes; if not, the worker reports the error. */
  #fits(bytes: Uint8Array): boolean {
    this.#smallBytes += bytes.length;
    return this.#details !== null && this.#smallBytes <= this.#details.sizeBytes;
  }

  /** Switches from the in-memory path to the worker. */
  #flushSmall(): void {
    const parts = this.#small;
    const details = this.#details;
    if (parts === null || details === null) return;
    this.#small = null;
    this.#isOpen = true;
    this.#call(() => this.#worker.call("startReceive", [this.#handle, this.#target, details]));
    for (const bytes of parts) this.#enqueue(() => this.#write(bytes));
  }

  async #enqueue(write: () => Promise<void>): Promise<void> {
    this.#writes.push(this.#call(write).then(() => {}));
    if (this.#writes.length >= MAX_PENDING_WRITES) await this.#writes.shift();
  }

  /** `undefined` on failure. Results are handled in order: only the first failure is the cause. */
  async #call<T>(job: () => Promise<T>): Promise<T | undefined> {
    const previous = this.#lastHandled;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lastHandled = promise;
    try {
      const [result] = await Promise.allSettled([job(), previous]);
      if (result.status === "fulfilled") return result.value;
      this.#fail(result.reason);
      return undefined;
    } finally {
      resolve();
    }
  }

  #fail(error: unknown): void {
    this.#isOpen = false;
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#events.onError(error);
  }
}
