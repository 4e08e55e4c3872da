import type { StoredFile } from "../files/directory_store.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";

/** The most files that are given to the worker at once. */
const MOST_AT_ONCE = 64;

interface Waiting {
  readonly file: StoredFile;
  readonly resolve: (sha256: string | Promise<string>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Computes the SHA-256 of small files, one after the other, with one worker: however many are asked
 * for at once, they take no more than that from those who move files.
 */
export class HashBatcher {
  readonly #pool: WorkerPool;
  readonly #waiting: Waiting[] = [];
  #isRunning = false;

  /** Takes a worker of the pool while there is something to do. */
  constructor(pool: WorkerPool) {
    this.#pool = pool;
  }

  /**
   * The hash in hex.
   *
   * @throws {RequestError} when the file cannot be read, or changed meanwhile
   */
  get(file: StoredFile): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#waiting.push({ file, resolve, reject });
    if (!this.#isRunning) this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      try {
        await this.#pool.use((worker) => this.#hashSome(worker));
      } catch (error) {
        for (const { reject } of this.#waiting.splice(0)) reject(error); // There are no workers
      }
    }
    this.#isRunning = false;
  }

  /** Those that wait now; then it is somebody else's turn with the worker. */
  async #hashSome(worker: FileWorker): Promise<void> {
    const hashing = this.#waiting.splice(0, MOST_AT_ONCE).map(({ file, resolve }) => {
      const sha256 = worker.call("hashSmall", [file]);
      resolve(sha256);
      return sha256;
    });
    await Promise.allSettled(hashing);
  }
}
