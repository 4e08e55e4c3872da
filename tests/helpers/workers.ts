import { FileWorker } from "../../lib/worker/file_worker.ts";
import type { JobName, Jobs } from "../../lib/worker/messages.ts";
import { WorkerPool } from "../../lib/worker/worker_pool.ts";

/** A worker that disposal terminates. */
export class TestWorker extends FileWorker implements Disposable {
  [Symbol.dispose](): void {
    this.terminate();
  }
}

/** A worker whose calls are recorded before they are made. */
export class WatchedWorker extends TestWorker {
  /** The names of all calls so far. */
  readonly calls: JobName[] = [];
  /** The number of unanswered calls by name. */
  readonly underWay = new Map<JobName, number>();
  /** Called before each call. */
  onCall: (name: JobName) => void = () => {};

  override call<K extends JobName>(
    name: K,
    args: Parameters<Jobs[K]>,
    transfer: Transferable[] = [],
  ): Promise<ReturnType<Jobs[K]>> {
    this.calls.push(name);
    this.onCall(name);
    this.underWay.set(name, (this.underWay.get(name) ?? 0) + 1);
    const end = () => this.underWay.set(name, this.underWay.get(name)! - 1);
    const result = super.call(name, args, transfer);
    result.then(end, end);
    return result;
  }

  /** Resolves once all calls are done. */
  async idle(): Promise<void> {
    await super.call("hashKept", [-1, 0]);
  }
}

/** A pool that disposal closes. */
export class TestPool extends WorkerPool implements Disposable {
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Records every thread started during its lifetime, so that a test can kill one. */
export class ThreadWatch implements Disposable {
  readonly #threads: Worker[] = [];
  readonly #original = globalThis.Worker;

  /** @param entry the URL of the threads' entry. Default: that which the pool asks for */
  constructor(entry?: URL) {
    const threads = this.#threads;
    globalThis.Worker = class extends this.#original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(entry ?? url, options);
        threads.push(this);
      }
    };
  }

  /** The number of threads started. */
  get count(): number {
    return this.#threads.length;
  }

  /** Kills a thread with an uncaught error. */
  kill(index: number): void {
    this.#threads[index]!.postMessage(null);
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#original;
  }
}
