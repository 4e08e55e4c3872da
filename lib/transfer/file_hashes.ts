import { HASH_SLICE_BYTES } from "../worker/jobs.ts";
import type { StoredFile } from "../files/directory_store.ts";
import type { CommittedFile } from "../files/part_file.ts";
import type { HashIndex } from "../files/hash_index.ts";
import { SMALL_FILE_BYTES } from "../files/small_content.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";
import { HashBatcher } from "./hash_batcher.ts";

/** The SHA-256 of nothing (FIPS 180-4). */
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

interface HashWork {
  readonly key: string;
  readonly promise: Promise<string>;
  /** Somebody waits for it: it does not give way any more. */
  urgent: boolean;
}

/** Background work made room for a client. */
class GaveWay extends Error {}

/**
 * The SHA-256 of served files: out of the index, or computed, once for all who ask meanwhile.
 *
 * A hash that was begun is finished even when nobody waits for it any more, so that a client that
 * gave up finds it done when it asks again.
 */
export class FileHashes {
  readonly #index: HashIndex;
  readonly #pool: WorkerPool;
  readonly #onIndexError: (error: unknown) => void;
  readonly #small: HashBatcher;
  readonly #work = new Map<string, HashWork>();

  /** @param onIndexError told when the index fails: files are served without it, too */
  constructor(index: HashIndex, pool: WorkerPool, onIndexError: (error: unknown) => void) {
    this.#index = index;
    this.#pool = pool;
    this.#small = new HashBatcher(pool);
    this.#onIndexError = onIndexError;
  }

  /** The hash in hex if it is known without reading the file, else `null`. */
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
   * @throws {RequestError} when the file cannot be read, or changes meanwhile
   */
  get(file: StoredFile): Promise<string> {
    const known = this.known(file);
    return known === null ? this.#begin(file, true).promise : Promise.resolve(known);
  }

  /** Computes a hash that is not known yet, unless clients need the workers: `false` then. */
  async index(file: StoredFile): Promise<boolean> {
    if (this.known(file) !== null) return true;
    try {
      await this.#begin(file, false).promise;
      return true;
    } catch (error) {
      if (error instanceof GaveWay) return false;
      throw error;
    }
  }

  #begin(file: StoredFile, urgent: boolean): HashWork {
    const key = JSON.stringify([file.realPath, file.stamp]);
    const underWay = this.#work.get(key);
    if (underWay !== undefined) {
      underWay.urgent ||= urgent;
      return underWay;
    }
    const startedMs = Date.now();
    const hash = file.stamp.sizeBytes <= SMALL_FILE_BYTES
      ? this.#small.get(file)
      : this.#pool.use((worker) => this.#hash(worker, file, work));
    const promise = hash.then((sha256) => {
      this.remember(file, sha256, startedMs);
      return sha256;
    }).finally(() => this.#forget(work));
    promise.catch(() => {}); // Whoever still waits for it handles it
    const work: HashWork = { key, promise, urgent };
    this.#work.set(key, work);
    return work;
  }

  /**
   * Keeps a hash that was computed elsewhere, from all bytes of the file in this state.
   *
   * @param startedMs when reading it for the hash began, milliseconds since 1970
   */
  remember({ realPath, stamp }: StoredFile, sha256: string, startedMs: number): void {
    try {
      this.#index.store(realPath, stamp, sha256, startedMs);
    } catch (error) {
      this.#onIndexError(error);
    }
  }

  /** Keeps the hash of a file that was received just now. */
  rememberOwn({ path, stamp }: CommittedFile, sha256: string): void {
    this.#index.storeOwn(path, stamp, sha256);
  }

  #forget(work: HashWork): void {
    if (this.#work.get(work.key) === work) this.#work.delete(work.key);
  }

  #hash(worker: FileWorker, file: StoredFile, work: HashWork): Promise<string> {
    return hashFile(worker, file, () => {
      if (work.urgent || !this.#pool.isContended) return;
      this.#forget(work); // Before anybody can come to wait for what will not be done
      throw new GaveWay();
    });
  }
}

/**
 * The SHA-256 of a file in hex, computed slice by slice.
 *
 * @param onSlice called between two slices; what it throws ends the work
 * @throws {RequestError} when the file cannot be read, or changes meanwhile
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
    worker.call("endHash", []).catch(() => {}); // A dead worker holds nothing open
  }
}
