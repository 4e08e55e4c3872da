import type { StoredFile } from "../files/directory_store.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";

/** Files per batch; between batches, other jobs get the worker. */
const MAX_BATCH = 64;

interface QueuedFile {
  readonly file: StoredFile;
  readonly resolve: (sha256: string | Promise<string>) => void;
  readonly reject: (error: unknown) => void;
}

/** Computes the SHA-256 of small files in batches, one after the other. */
export class HashBatcher {
  readonly #pool: WorkerPool;
  readonly #queue: QueuedFile[] = [];
  #isRunning = false;

  /** Uses the threads of `pool`. */
  constructor(pool: WorkerPool) {
    this.#pool = pool;
  }

  /**
   * The hash in hex.
   *
   * @throws {RequestError} if the file cannot be read, or has changed
   */
  get(file: StoredFile): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#queue.push({ file, resolve, reject });
    if (!this.#isRunning) this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#queue.length > 0) {
      try {
        await this.#pool.use((worker) => this.#hashBatch(worker), { kind: "short" });
      } catch (error) {
        for (const { reject } of this.#queue.splice(0)) reject(error); // The pool is closed
      }
    }
    this.#isRunning = false;
  }

  async #hashBatch(worker: FileWorker): Promise<void> {
    const hashing = this.#queue.splice(0, MAX_BATCH).map(({ file, resolve }) => {
      const sha256 = worker.call("hashSmall", [file]);
      resolve(sha256);
      return sha256;
    });
    await Promise.allSettled(hashing);
  }
}
