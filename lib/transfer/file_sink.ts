import { HASH_SLICE_BYTES } from "../worker/jobs.ts";
import type { CommitResult, FileDetails, FileTarget } from "../files/part_file.ts";
import { SMALL_FILE_BYTES } from "../files/small_content.ts";
import type { WantedFile } from "../files/received_file.ts";
import { concatBytes } from "../protocol/frames.ts";
import type { FileWorker } from "../worker/file_worker.ts";

/** Writes that may be under way: what a transfer holds in memory beside the reader's buffer. */
const WRITES_UNDER_WAY = 3;

/** What becomes of a {@link FileSink}. */
export interface FileSinkEvents {
  /** A buffer whose bytes were written. */
  onWritten(buffer: ArrayBuffer): void;
  /** The payload of an FZST frame held so many bytes of the file. */
  onInflated?(count: number): void;
  /** The worker could not go on, and has closed the file. Called once at most. */
  onError(error: unknown): void;
}

/**
 * Writes one file that comes in, by means of a worker, with a bounded number of writes under way.
 *
 * Calls need not wait for each other: the worker carries them out in order, and writes several
 * files at once for several sinks. It must end with `finish` or `end`.
 */
export class FileSink {
  readonly #worker: FileWorker;
  readonly #events: FileSinkEvents;
  readonly #target: FileTarget;
  readonly #part: number;
  #details: FileDetails | null = null;
  /** A small file so far, kept here until it is whole: the worker does not know of it yet. */
  #small: Uint8Array<ArrayBuffer>[] | null = null;
  #smallBytes = 0;
  #isOpen = false;
  #hasFailed = false;
  #writes: Promise<void>[] = [];
  /** Resolves when the result of the last call was looked at. */
  #lookedAt: Promise<void> = Promise.resolve();

  /** Nothing is opened yet. */
  constructor(worker: FileWorker, target: FileTarget, events: FileSinkEvents) {
    this.#worker = worker;
    this.#target = target;
    this.#part = worker.newHandle();
    this.#events = events;
  }

  /**
   * Begins the file unless it is there already: then its path is returned, and what is written is
   * dropped. `null` on failure, too.
   */
  async beginMissing(wanted: WantedFile, details: FileDetails): Promise<string | null> {
    this.#isOpen = true;
    const received = await this.#call(() =>
      this.#worker.call("startReceiveMissing", [this.#part, wanted, this.#target, details])
    );
    return received ?? null;
  }

  /**
   * Opens and hashes what is kept of an earlier part.
   *
   * @returns how much that is; `null` on failure
   */
  async openKept(): Promise<number | null> {
    if (this.#target.keepBytes === 0) return 0;
    this.#isOpen = true;
    const keptBytes = await this.#call(() =>
      this.#worker.call("openPart", [this.#part, this.#target])
    );
    while (this.#isOpen && keptBytes !== 0) {
      const isDone = await this.#call(() =>
        this.#worker.call("hashKept", [this.#part, HASH_SLICE_BYTES])
      );
      if (isDone === true) break;
    }
    return this.#isOpen ? keptBytes ?? null : null;
  }

  /** Begins the file, behind what is kept. */
  begin(details: FileDetails): void {
    this.#details = details;
    if (this.#isOpen) {
      this.#call(() => this.#worker.call("beginReceive", [this.#part, details]));
    } else if (details.sizeBytes <= SMALL_FILE_BYTES) {
      this.#small = [];
    } else {
      this.#isOpen = true;
      this.#call(() => this.#worker.call("startReceive", [this.#part, this.#target, details]));
    }
  }

  /** Writes bytes, whose buffer becomes this object's. Resolves when there is room for more. */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#small !== null && this.#fits(bytes)) return this.#keepSmall(this.#small, bytes);
    this.#openSmall();
    await this.#enqueue(() => this.#write(bytes));
  }

  /** The same for the payload of an FZST frame. */
  async writeZstd(payload: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#openSmall();
    await this.#enqueue(async () => {
      const args = [this.#part, payload] as const;
      const count = await this.#worker.call("writeZstd", [...args], [payload.buffer]);
      this.#events.onInflated?.(count);
    });
  }

  /** Verifies the file and gives it its name; `null` on failure. */
  async finish(sha256: string): Promise<CommitResult | null> {
    this.#isOpen = false;
    const details = this.#details;
    const small = this.#small;
    this.#small = null;
    const commit = small !== null && details !== null
      ? () => this.#store(details, small, sha256)
      : () => this.#worker.call("commit", [this.#part, sha256]);
    return await this.#call(commit) ?? null;
  }

  /**
   * Ends it: a part is left behind, or removed with `discard`. Repeated calls do nothing. Resolves
   * when somebody else may open the part; never rejects.
   */
  async end(discard: boolean): Promise<void> {
    this.#small = null;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#worker.call("endReceive", [this.#part, discard]).catch(() => {}); // A dead worker holds nothing open
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#events.onWritten(await this.#worker.call("write", [this.#part, bytes], [bytes.buffer]));
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

  /** Keeps a copy: a few bytes may lie in a large buffer, of which many would be held. */
  #keepSmall(parts: Uint8Array<ArrayBuffer>[], bytes: Uint8Array<ArrayBuffer>): void {
    parts.push(bytes.slice());
    this.#events.onWritten(bytes.buffer);
  }

  /** Whether a small file has room for that; if not, the worker is to say so. */
  #fits(bytes: Uint8Array): boolean {
    this.#smallBytes += bytes.length;
    return this.#details !== null && this.#smallBytes <= this.#details.sizeBytes;
  }

  /** Has the worker know of a small file after all. */
  #openSmall(): void {
    const parts = this.#small;
    const details = this.#details;
    if (parts === null || details === null) return;
    this.#small = null;
    this.#isOpen = true;
    this.#call(() => this.#worker.call("startReceive", [this.#part, this.#target, details]));
    for (const bytes of parts) this.#enqueue(() => this.#write(bytes));
  }

  async #enqueue(write: () => Promise<void>): Promise<void> {
    this.#writes.push(this.#call(write).then(() => {}));
    if (this.#writes.length >= WRITES_UNDER_WAY) await this.#writes.shift();
  }

  /** `undefined` on failure. What is told is the first one: those behind it only follow from it. */
  async #call<T>(job: () => Promise<T>): Promise<T | undefined> {
    const before = this.#lookedAt;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lookedAt = promise;
    try {
      const [result] = await Promise.allSettled([job(), before]);
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
