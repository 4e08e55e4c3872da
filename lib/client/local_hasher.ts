import type { ExpectedFile } from "../files/hash_local.ts";
import { messageOf } from "../protocol/errors.ts";
import { FileWorker } from "../worker/file_worker.ts";

/** A thread, and the bytes that it has still to read. */
interface HashingThread {
  readonly worker: FileWorker;
  pendingBytes: number;
}

/** What an empty file costs, in bytes that are hashed in the same time: it is opened, too. */
const OPENING_BYTES = 64 * 1024;

/** Hashes files of this machine, in as many threads as there are cores. Closing it ends them. */
export class LocalHasher {
  readonly #threads: HashingThread[] = [];
  readonly #maxThreads: number;
  #closed: Error | null = null;

  /** Starts a thread when there is work for it. @param maxThreads default: the number of cores */
  constructor(maxThreads: number = navigator.hardwareConcurrency) {
    this.#maxThreads = maxThreads;
  }

  /** What `hashLocal` finds of each file, or the `DiskError` that kept one from being read. Never rejects. */
  async hash(files: readonly ExpectedFile[]): Promise<(string | Error)[]> {
    try {
      return await this.#hash(files);
    } catch (error) {
      if (files.length === 1) return [error instanceof Error ? error : new Error(messageOf(error))];
      // One of them cannot be read: the others can
      return (await Promise.all(files.map((file) => this.hash([file])))).flat();
    }
  }

  /** Ends the threads. Files that are not hashed yet have `reason` as their error. */
  close(reason: Error = new Error("The hashing was stopped")): void {
    this.#closed = reason;
    for (const { worker } of this.#threads) worker.terminate(reason);
  }

  async #hash(files: readonly ExpectedFile[]): Promise<string[]> {
    const bytes = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0) + OPENING_BYTES, 0);
    const thread = this.#leastBusy();
    thread.pendingBytes += bytes;
    try {
      return await thread.worker.call("hashLocal", [files]);
    } finally {
      thread.pendingBytes -= bytes;
    }
  }

  #leastBusy(): HashingThread {
    if (this.#closed !== null) throw this.#closed;
    const [least] = this.#threads.toSorted((a, b) => a.pendingBytes - b.pendingBytes);
    const isFree = least?.pendingBytes === 0 || this.#threads.length >= this.#maxThreads;
    if (least !== undefined && isFree) return least;
    const thread = { worker: new FileWorker(), pendingBytes: 0 };
    this.#threads.push(thread);
    return thread;
  }
}
