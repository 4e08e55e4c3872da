import { FileWorker } from "../../lib/worker/file_worker.ts";
import { WorkerPool } from "../../lib/worker/worker_pool.ts";

/** A thread that is ended when it is disposed of. */
export class TestWorker extends FileWorker implements Disposable {
  [Symbol.dispose](): void {
    this.terminate();
  }
}

/** A pool that is closed when it is disposed of. */
export class TestPool extends WorkerPool implements Disposable {
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Keeps hold of every thread that is started while it is there, so that a test can kill one. */
export class ThreadWatch implements Disposable {
  readonly #threads: Worker[] = [];
  readonly #original = globalThis.Worker;

  constructor() {
    const threads = this.#threads;
    globalThis.Worker = class extends this.#original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        threads.push(this);
      }
    };
  }

  /** How many threads were started. */
  get count(): number {
    return this.#threads.length;
  }

  /** Has a thread die of an error that nothing in it catches. */
  kill(index: number): void {
    this.#threads[index]!.postMessage(null);
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#original;
  }
}
