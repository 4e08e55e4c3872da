import { FileWorker } from "../../lib/worker/file_worker.ts";
import type { WorkerJobs } from "../../lib/worker/jobs.ts";
import type { JobName } from "../../lib/worker/messages.ts";
import { WorkerPool } from "../../lib/worker/worker_pool.ts";

/** A thread that is ended when it is disposed of. */
export class TestWorker extends FileWorker implements Disposable {
  [Symbol.dispose](): void {
    this.terminate();
  }
}

/** A thread of which every call is seen before it is made. */
export class WatchedWorker extends TestWorker {
  /** The names of all calls so far. */
  readonly calls: JobName[] = [];
  /** Calls that have not been answered, by their name. */
  readonly underWay = new Map<JobName, number>();
  /** Called before each call. */
  onCall: (name: JobName) => void = () => {};

  override call<K extends JobName>(
    name: K,
    args: Parameters<WorkerJobs[K]>,
    transfer: Transferable[] = [],
  ): Promise<ReturnType<WorkerJobs[K]>> {
    this.calls.push(name);
    this.onCall(name);
    this.underWay.set(name, (this.underWay.get(name) ?? 0) + 1);
    const end = () => this.underWay.set(name, this.underWay.get(name)! - 1);
    const result = super.call(name, args, transfer);
    result.then(end, end);
    return result;
  }

  /** Resolves when all that was asked for is done. */
  async idle(): Promise<void> {
    await super.call("hashKept", [-1, 0]);
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
