import { onAbort } from "../async/on_abort.ts";
import { FileWorker } from "./file_worker.ts";

/** A thread that is idle for longer is ended: it holds 8 MB. */
const IDLE_MS = 30_000;

interface IdleWorker {
  readonly worker: FileWorker;
  readonly sinceMs: number;
}

/**
 * A bounded pool of worker threads, each of which runs one job at a time.
 *
 * Threads are started on demand, up to the limit, and reused; while all are busy, jobs wait, first
 * come, first served.
 */
export class WorkerPool {
  readonly #limit: number;
  readonly #busy = new Set<FileWorker>();
  #idle: IdleWorker[] = [];
  #waiting: PromiseWithResolvers<FileWorker>[] = [];
  #timer: ReturnType<typeof setInterval> | null = null;
  #closed = false;

  /** @param limit maximum number of threads */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Number of threads with a job. */
  get busyCount(): number {
    return this.#busy.size;
  }

  /** Number of jobs that wait for a thread. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Whether a job would get a thread at once. */
  get hasFreeWorker(): boolean {
    return this.#busy.size < this.#limit;
  }

  /** Whether a job waits for a thread. */
  get isContended(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Runs `job` with a worker of its own. The job must leave no file open in it.
   *
   * @throws the job's error; the reason of `signal` if that fires while the job waits for a thread
   */
  async use<T>(job: (worker: FileWorker) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const worker = await this.#acquire(signal);
    try {
      return await job(worker);
    } finally {
      this.#release(worker);
    }
  }

  /** Ends all threads; running and waiting jobs reject. */
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
    const worker = this.#reuseIdle() ?? this.#start();
    if (worker !== null) return worker;
    const waiter = Promise.withResolvers<FileWorker>();
    this.#waiting.push(waiter);
    using _ = onAbort(signal, () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      waiter.reject(signal?.reason);
    });
    return await waiter.promise;
  }

  #reuseIdle(): FileWorker | null {
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
    const beforeMs = performance.now() - IDLE_MS;
    const expired = this.#idle.filter(({ sinceMs }) => sinceMs < beforeMs);
    this.#idle = this.#idle.filter(({ sinceMs }) => sinceMs >= beforeMs);
    for (const { worker } of expired) worker.terminate();
  }
}
