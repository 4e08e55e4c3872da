import type { StoredFile } from "../files/directory_store.ts";
import type { HashIndex } from "../files/hash_index.ts";
import type { CommittedFile } from "../files/part_file.ts";
import { SMALL_FILE_BYTES } from "../files/small_content.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import { HASH_SLICE_BYTES } from "../worker/jobs.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";
import { HashBatcher } from "./hash_batcher.ts";

/** The SHA-256 of an empty file (FIPS 180-4). */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

interface HashWork {
  readonly key: string;
  readonly promise: Promise<string>;
  /** A client waits for the hash, so the work may not be preempted any more. */
  urgent: boolean;
}

/** Background work was given up, because a client needs its worker. */
class Preempted extends Error {}

/**
 * The SHA-256 of served files: from the index, or computed, once for all concurrent callers.
 *
 * A computation for a client runs to its end even if the client has given up, so that a later
 * request finds the hash in the index.
 */
export class FileHashes {
  readonly #index: HashIndex;
  readonly #pool: WorkerPool;
  readonly #onIndexError: (error: unknown) => void;
  readonly #batcher: HashBatcher;
  readonly #work = new Map<string, HashWork>();

  /** @param onIndexError called if the index fails: files are served without it, too */
  constructor(index: HashIndex, pool: WorkerPool, onIndexError: (error: unknown) => void) {
    this.#index = index;
    this.#pool = pool;
    this.#batcher = new HashBatcher(pool);
    this.#onIndexError = onIndexError;
  }

  /** The hash in hex, or `null` if only reading the file would tell it. */
  known({ realPath, stamp }: StoredFile): string | null {
    if (stamp.sizeBytes === 0) return EMPTY_SHA256;
    try {
      return this.#index.find(realPath, stamp);
    } catch (error) {
      this.#onIndexError(error);
      return null;
    }
  }

  /**
   * The hash in hex.
   *
   * @throws {RequestError} if the file cannot be read, or changes while it is read
   */
  get(file: StoredFile): Promise<string> {
    const known = this.known(file);
    return known === null ? this.#begin(file, true).promise : Promise.resolve(known);
  }

  /** Computes a hash unless it is known; `false` if clients need the workers. */
  async index(file: StoredFile): Promise<boolean> {
    if (this.known(file) !== null) return true;
    try {
      await this.#begin(file, false).promise;
      return true;
    } catch (error) {
      if (error instanceof Preempted) return false;
      throw error;
    }
  }

  #begin(file: StoredFile, urgent: boolean): HashWork {
    const key = JSON.stringify([file.realPath, file.stamp]);
    const running = this.#work.get(key);
    if (running !== undefined) {
      running.urgent ||= urgent;
      return running;
    }
    const startedMs = Date.now();
    const hash = file.stamp.sizeBytes <= SMALL_FILE_BYTES
      ? this.#batcher.get(file)
      : this.#pool.use((worker) => this.#hash(worker, file, work));
    const promise = hash.then((sha256) => {
      this.remember(file, sha256, startedMs);
      return sha256;
    }).finally(() => this.#forget(work));
    promise.catch(() => {}); // Handled by the callers that still wait for it
    const work: HashWork = { key, promise, urgent };
    this.#work.set(key, work);
    return work;
  }

  /**
   * Stores a hash that was computed elsewhere, from all bytes of the file with this stamp.
   *
   * @param startedMs when the hash began to read the file, milliseconds since 1970
   */
  remember({ realPath, stamp }: StoredFile, sha256: string, startedMs: number): void {
    try {
      this.#index.store(realPath, stamp, sha256, startedMs);
    } catch (error) {
      this.#onIndexError(error);
    }
  }

  /** Stores the hash of a file that this process has just received. */
  rememberReceived({ path, stamp }: CommittedFile, sha256: string): void {
    this.#index.storeReceived(path, stamp, sha256);
  }

  #forget(work: HashWork): void {
    if (this.#work.get(work.key) === work) this.#work.delete(work.key);
  }

  #hash(worker: FileWorker, file: StoredFile, work: HashWork): Promise<string> {
    return hashFile(worker, file, () => {
      if (work.urgent || !this.#pool.isContended) return;
      this.#forget(work); // First, so that no later caller waits for work that has ended
      throw new Preempted();
    });
  }
}

/**
 * The SHA-256 of a file in hex, computed in slices.
 *
 * @param onSlice called between two slices; an error that it throws ends the work
 * @throws {RequestError} if the file cannot be read, or changes while it is read
 */
export async function hashFile(
  worker: FileWorker,
  file: StoredFile,
  onSlice: () => void,
): Promise<string> {
  try {
    await worker.call("startHash", [file]);
    for (;;) {
      const sha256 = await worker.call("hashSlice", [HASH_SLICE_BYTES]);
      if (sha256 !== null) return sha256;
      onSlice();
    }
  } finally {
    worker.call("endHash", []).catch(() => {}); // A dead worker has no open files
  }
}
