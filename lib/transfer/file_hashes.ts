import type { StoredFile } from "../files/directory_store.ts";
import type { HashIndex } from "../files/hash_index.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";

/** Bytes hashed per call: about 20 ms, in which the worker hears nothing. */
const SLICE_BYTES = 32 * 1024 * 1024;

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
  readonly #work = new Map<string, HashWork>();

  /** @param onIndexError told when the index fails: files are served without it, too */
  constructor(index: HashIndex, pool: WorkerPool, onIndexError: (error: unknown) => void) {
    this.#index = index;
    this.#pool = pool;
    this.#onIndexError = onIndexError;
  }

  /** The hash in hex if it is known without reading the file, else `null`. */
  known({ realPath, identity }: StoredFile): string | null {
    try {
      return this.#index.find(realPath, identity);
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
    const key = JSON.stringify([file.realPath, file.identity]);
    const underWay = this.#work.get(key);
    if (underWay !== undefined) {
      underWay.urgent ||= urgent;
      return underWay;
    }
    const startedMs = Date.now();
    const hash = this.#pool.use((worker) => this.#hash(worker, file, work));
    const promise = hash.then((sha256) => {
      this.#store(file, sha256, startedMs);
      return sha256;
    }).finally(() => this.#forget(work));
    promise.catch(() => {}); // Whoever still waits for it handles it
    const work: HashWork = { key, promise, urgent };
    this.#work.set(key, work);
    return work;
  }

  #store({ realPath, identity }: StoredFile, sha256: string, startedMs: number): void {
    try {
      this.#index.store(realPath, identity, sha256, startedMs);
    } catch (error) {
      this.#onIndexError(error);
    }
  }

  #forget(work: HashWork): void {
    if (this.#work.get(work.key) === work) this.#work.delete(work.key);
  }

  async #hash(worker: FileWorker, file: StoredFile, work: HashWork): Promise<string> {
    try {
      await worker.call("startHash", [file]);
      for (;;) {
        const sha256 = await worker.call("hashSlice", [SLICE_BYTES]);
        if (sha256 !== null) return sha256;
        if (work.urgent || !this.#pool.isContended) continue;
        this.#forget(work); // Before anybody can come to wait for what will not be done
        throw new GaveWay();
      }
    } finally {
      worker.call("close", [false]).catch(() => {}); // A dead worker holds nothing open
    }
  }
}
