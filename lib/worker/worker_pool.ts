import type { JobKind } from "./call_queue.ts";
import type { JobOwner } from "./fair_queue.ts";
import { FileWorker, type WorkerSeat } from "./file_worker.ts";
import type { LentWorker } from "./lent_worker.ts";
import type { Jobs, LookupName } from "./messages.ts";
import { Slots } from "./slots.ts";
import { WorkerThread } from "./worker_thread.ts";

/** A thread without a job for longer is ended: it holds 8 MB. */
const IDLE_MS = 30_000;
/** Threads that are kept for the next job: starting one blocks the isolate. */
const KEPT_THREADS = 2;
/** The main isolate, and two threads that work on the same file, each with a core of its own. */
const CORES_FOR_TWO = 3;
/** The seat in each thread of the calls that leave nothing open. */
const LOOKUP_SEAT = 0;

/** Options of {@link WorkerPool.use}. */
export interface UseOptions {
  /** The client that the job is for. Default: the server itself. */
  readonly owner?: JobOwner;
  /** Default `long`. */
  readonly kind?: JobKind;
  /** Ends the wait for a slot. */
  readonly signal?: AbortSignal;
  /** Gets the seat, whose kind may be changed later. */
  readonly onSeat?: (seat: WorkerSeat) => void;
}

/** A thread, and its use. */
interface PooledThread {
  readonly thread: WorkerThread;
  /** Jobs under way. */
  seats: number;
  /** Since when it has no job, a reading of `performance.now()`. */
  idleSinceMs: number;
  isReady: boolean;
}

const SERVER: JobOwner = { address: "", client: 0 };

/**
 * A bounded pool of threads that all jobs share. A thread works on a buffer, not for a job: a job
 * that waits for its peer holds none.
 *
 * Threads are started on demand, one at a time, and reused; a job stays in its thread. Jobs that are
 * not `short` keep files open between their calls: their number is bounded, too.
 */
export class WorkerPool {
  readonly #limit: number;
  readonly #slots: Slots;
  readonly #cores: number;
  #threads: PooledThread[] = [];
  #nextSeat = 1;
  #lentCount = 0;
  #timer: ReturnType<typeof setInterval> | null = null;
  #closed: Error | null = null;

  /**
   * @param limit maximum number of threads
   * @param slots maximum number of jobs that are not `short`
   * @param cores of the machine
   */
  constructor(limit: number, slots = Infinity, cores = navigator.hardwareConcurrency) {
    this.#limit = limit;
    this.#cores = cores;
    this.#slots = new Slots(slots);
  }

  /** Number of threads at work. */
  get busyCount(): number {
    return this.#threads.filter(({ isReady, thread }) => isReady && thread.load > 0).length;
  }

  /** Number of jobs under way; calls of `lookUp` and workers lent to a job are not counted. */
  get jobCount(): number {
    return this.#threads.reduce((sum, { seats }) => sum + seats, -this.#lentCount);
  }

  /** Number of jobs and calls that wait. */
  get waitingCount(): number {
    const calls = this.#threads.reduce((sum, { thread }) => sum + thread.waitingCount, 0);
    return this.#slots.waitingCount + calls;
  }

  /** Whether jobs wait for others to end. */
  get isContended(): boolean {
    return this.#slots.waitingCount > 0;
  }

  /** Whether a job for a client would start at once. */
  isFreeFor({ address }: JobOwner): boolean {
    return this.#slots.isFree(address);
  }

  /** Starts the first thread, so that no request waits for it; none of a closed pool. */
  warmUp(): void {
    if (this.#threads.length === 0 && this.#closed === null) this.#start();
  }

  /**
   * Runs `job` with a worker, whose files are closed when it ends.
   *
   * @throws the job's error; the reason of `signal` if that fires while the job waits for its start
   */
  async use<T>(job: (worker: FileWorker) => Promise<T>, options: UseOptions = {}): Promise<T> {
    const { owner = SERVER, kind = "long", signal } = options;
    const hasSlot = kind !== "short";
    if (hasSlot) await this.#slots.take(owner, signal);
    try {
      signal?.throwIfAborted();
      if (this.#closed !== null) throw this.#closed;
      return await this.#run(job, { ...options, owner, kind });
    } finally {
      if (hasSlot) this.#slots.release(owner);
    }
  }

  /**
   * Makes one call that leaves nothing open, as a `short` job. Thousands may wait: each costs less than
   * a job of `use`.
   *
   * @throws as the call does
   */
  lookUp<K extends LookupName>(
    name: K,
    args: Parameters<Jobs[K]>,
    owner: JobOwner = SERVER,
  ): Promise<ReturnType<Jobs[K]>> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    const pooled = this.#choose();
    pooled.idleSinceMs = performance.now();
    const seat: WorkerSeat = { thread: pooled.thread, number: LOOKUP_SEAT, owner, kind: "short" };
    return new FileWorker(undefined, seat).call(name, args);
  }

  /**
   * Lends a worker of another thread to a job under way, for calls beside those of its own worker. It
   * needs no slot, since it opens no files: at most one for each job.
   *
   * @param worker the job's own
   * @returns `null` if all other threads are at work, or there are too few cores for that to be faster
   */
  lendBeside(worker: FileWorker, owner: JobOwner): LentWorker | null {
    if (this.#cores < CORES_FOR_TWO || this.#closed !== null) return null;
    const isIdle = ({ isReady, thread }: PooledThread) => isReady && thread.load === 0;
    const idle = this.#threads.find((each) => isIdle(each) && each.thread !== worker.thread);
    const isStarting = this.#threads.some(({ isReady }) => !isReady);
    const mayStart = !isStarting && this.#threads.length < KEPT_THREADS;
    const pooled = idle ?? (mayStart && this.#threads.length < this.#limit ? this.#start() : null);
    if (pooled === null) return null;
    const { worker: lent, leave } = this.#sit(pooled, owner, "long");
    this.#lentCount++;
    const giveBack = () => {
      this.#lentCount--;
      leave();
    };
    return { worker: lent, [Symbol.dispose]: giveBack };
  }

  /** Ends all threads; running and waiting jobs reject. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#closed ??= new Error("The server is shutting down");
    for (const { thread } of this.#threads) thread.terminate(this.#closed);
    this.#slots.close(this.#closed);
  }

  async #run<T>(
    job: (worker: FileWorker) => Promise<T>,
    { owner, kind, onSeat }: UseOptions & { readonly owner: JobOwner; readonly kind: JobKind },
  ): Promise<T> {
    const { seat, worker, leave } = this.#sit(this.#choose(), owner, kind);
    onSeat?.(seat);
    try {
      return await job(worker);
    } finally {
      leave();
    }
  }

  /** Takes a seat in a thread. `leave` closes its files, once. */
  #sit(pooled: PooledThread, owner: JobOwner, kind: JobKind) {
    const seat: WorkerSeat = { thread: pooled.thread, number: this.#nextSeat++, owner, kind };
    const worker = new FileWorker(undefined, seat);
    pooled.seats++;
    const leave = () => {
      pooled.seats--;
      pooled.idleSinceMs = performance.now();
      worker.call("endSeat", []).catch(() => {}); // A dead thread has no open files
    };
    return { seat, worker, leave };
  }

  /** The ready thread with the least work. Starts another one if all have some. */
  #choose(): PooledThread {
    let best: PooledThread | undefined;
    let isStarting = false;
    for (const pooled of this.#threads) {
      if (!pooled.isReady) isStarting = true;
      else if (best === undefined || hasLessWork(pooled, best)) best = pooled;
    }
    const isBusy = best === undefined || best.thread.load > 0;
    const mayStart = !isStarting && this.#threads.length < this.#limit;
    const started = isBusy && mayStart ? this.#start() : this.#threads.at(-1);
    return best ?? started ?? this.#start();
  }

  #start(): PooledThread {
    const thread = new WorkerThread(() => this.#remove(pooled));
    const pooled = { thread, seats: 0, idleSinceMs: performance.now(), isReady: false };
    this.#threads.push(pooled);
    const probe = new FileWorker(undefined, {
      thread,
      number: LOOKUP_SEAT,
      owner: SERVER,
      kind: "short",
    });
    probe.call("closeAll", []).then(() => pooled.isReady = true, () => {});
    this.#timer ??= setInterval(() => this.#endIdle(), IDLE_MS / 2);
    return pooled;
  }

  #remove(pooled: PooledThread): void {
    this.#threads = this.#threads.filter((other) => other !== pooled);
  }

  #endIdle(): void {
    const beforeMs = performance.now() - IDLE_MS;
    for (const pooled of this.#threads.slice(KEPT_THREADS)) {
      const isUsed = pooled.seats > 0 || pooled.thread.load > 0;
      if (isUsed || pooled.idleSinceMs >= beforeMs) continue;
      this.#remove(pooled);
      pooled.thread.terminate(new Error("The thread was idle"));
    }
  }
}

function hasLessWork(one: PooledThread, other: PooledThread): boolean {
  const { load } = one.thread;
  return load < other.thread.load || (load === other.thread.load && one.seats < other.seats);
}
