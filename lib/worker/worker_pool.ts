import { onAbort } from "../async/on_abort.ts";
import { FileWorker } from "./file_worker.ts";

/** After this time without work a thread is ended: it holds 8 MB. */
const IDLE_MS = 30_000;

interface IdleWorker {
  readonly worker: FileWorker;
  readonly sinceMs: number;
}

/**
 * The threads that move files, one for each client that is moving some.
 *
 * They are started on demand, never more than the limit, and reused; who asks when all are busy
 * waits, first come, first served.
 */
export class WorkerPool {
  readonly #limit: number;
  readonly #busy = new Set<FileWorker>();
  #idle: IdleWorker[] = [];
  #waiting: PromiseWithResolvers<FileWorker>[] = [];
  #timer: ReturnType<typeof setInterval> | null = null;
  #closed = false;

  /** @param limit how many threads there may be */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Threads at work now. */
  get busyCount(): number {
    return this.#busy.size;
  }

  /** Who waits for a thread. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Whether a job would get a thread at once. */
  get hasRoom(): boolean {
    return this.#busy.size < this.#limit;
  }

  /** Whether somebody waits for a thread. */
  get isContended(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Runs `job` with a worker that serves nobody else meanwhile. The job leaves nothing open in it.
   *
   * @throws what the job throws; an AbortError when `signal` fires while it waits for its turn
   */
  async use<T>(job: (worker: FileWorker) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const worker = await this.#acquire(signal);
    try {
      return await job(worker);
    } finally {
      this.#release(worker);
    }
  }

  /** Ends all threads; what they do rejects. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    const error = new Error("The server is shutting down");
    for (const worker of this.#busy) worker.terminate(error);
    for (const { worker } of this.#idle) worker.terminate(error);
    for (const { reject } of this.#waiting) reject(error);
    this.#idle = [];
    this.#waiting = [];
  }

  async #acquire(signal?: AbortSignal): Promise<FileWorker> {
    signal?.throwIfAborted();
    if (this.#closed) throw new Error("The server is shutting down");
    const worker = this.#takeIdle() ?? this.#start();
    if (worker !== null) return worker;
    const waiter = Promise.withResolvers<FileWorker>();
    this.#waiting.push(waiter);
    using _ = onAbort(signal, () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      waiter.reject(signal?.reason);
    });
    return await waiter.promise;
  }

  #takeIdle(): FileWorker | null {
    for (;;) {
      const idle = this.#idle.pop();
      if (idle === undefined) return null;
      if (!idle.worker.isAlive) continue;
      this.#busy.add(idle.worker);
      return idle.worker;
    }
  }

  #start(): FileWorker | null {
    if (this.#busy.size >= this.#limit) return null;
    const worker = new FileWorker();
    this.#busy.add(worker);
    this.#timer ??= setInterval(() => this.#endIdle(), IDLE_MS / 2);
    return worker;
  }

  #release(worker: FileWorker): void {
    this.#busy.delete(worker);
    if (this.#closed) return worker.terminate();
    const waiter = this.#waiting.shift();
    const next = worker.isAlive ? worker : waiter && this.#start();
    if (waiter && next) {
      this.#busy.add(next);
      waiter.resolve(next);
    } else if (worker.isAlive) {
      this.#idle.push({ worker, sinceMs: performance.now() });
    }
  }

  #endIdle(): void {
    const before = performance.now() - IDLE_MS;
    const old = this.#idle.filter(({ sinceMs }) => sinceMs < before);
    this.#idle = this.#idle.filter(({ sinceMs }) => sinceMs >= before);
    for (const { worker } of old) worker.terminate();
  }
}
