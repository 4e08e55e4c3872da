import { ConnectionError } from "../../protocol/errors.ts";
import type {
  FromMover,
  MoverJob,
  MoverProgress,
  MoverResult,
  PlacedSession,
  ToMover,
} from "./mover_messages.ts";
import { decodeError } from "./sent_error.ts";

/** Small files share a mover: so many at once … */
const JOBS_AHEAD = 32;
/** … of so many bytes together. A large file has a mover to itself. */
const BYTES_AHEAD = 1024 * 1024;

/** A worker with a mover in it. */
export interface MoverWorker {
  postMessage(message: ToMover): void;
  onmessage: ((event: { readonly data: FromMover }) => void) | null;
  /** The worker has died, or could not be started. */
  onerror: (() => void) | null;
  /** Ends the worker at once. */
  terminate(): void;
}

/** How a job is run. */
export interface RunOptions {
  /** Of the client whose rights count, when the job begins; `null` for a job without a server. */
  readonly session: () => PlacedSession | null;
  /** In bytes: what the job will move. */
  readonly size: number;
  /** Ends the job. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: MoverProgress) => void;
}

interface RunningJob {
  readonly slot: Slot;
  readonly size: number;
  readonly onProgress: (progress: MoverProgress) => void;
  readonly resolve: (result: MoverResult) => void;
  readonly reject: (error: unknown) => void;
}

interface Slot {
  readonly worker: MoverWorker;
  jobs: number;
  bytes: number;
  isDead: boolean;
}

interface Waiter {
  readonly size: number;
  readonly resolve: (slot: Slot) => void;
}

/** The movers of the page. They are started on demand, up to a limit. First come, first served. */
export class MoverPool {
  readonly #start: () => MoverWorker;
  readonly #limit: number;
  #slots: Slot[] = [];
  #waiting: Waiter[] = [];
  readonly #running = new Map<number, RunningJob>();
  #lastId = 0;

  /** @param limit the largest number of workers */
  constructor(start: () => MoverWorker, limit: number) {
    this.#start = start;
    this.#limit = limit;
  }

  /** Starts all movers, while the server of the page is there to give them. */
  startAll(): void {
    while (this.#slots.length < this.#limit) this.#add();
  }

  /**
   * Starts all movers anew, under the policy that the server of the page gives now. Each takes the place of a former
   * one once it is loaded; that one ends with its jobs.
   */
  renew(): void {
    for (const former of this.#slots) {
      const slot = this.#open(() => {
        if (!this.#slots.includes(former)) return slot.worker.terminate();
        this.#slots = this.#slots.map((each) => each === former ? slot : each);
        this.#endIfLeft(former);
        this.#serveWaiting();
      });
    }
  }

  /**
   * Runs a job when its turn comes.
   *
   * @param prepare makes the job, once a mover has room for it
   * @throws {ConnectionError} `lost` without a session, and when the mover dies
   * @throws what the mover throws; the reason of the signal
   */
  async run(prepare: () => Promise<MoverJob>, options: RunOptions): Promise<MoverResult> {
    const slot = await this.#acquire(options);
    try {
      options.signal.throwIfAborted();
      const job = await prepare();
      options.signal.throwIfAborted();
      return await this.#runIn(slot, job, options);
    } finally {
      slot.jobs--;
      slot.bytes -= options.size;
      this.#endIfLeft(slot);
      this.#serveWaiting();
    }
  }

  async #runIn(slot: Slot, job: MoverJob, options: RunOptions): Promise<MoverResult> {
    const { signal, size, onProgress } = options;
    const session = options.session();
    // Both may have happened while the job was prepared
    if (slot.isDead) throw workerLost();
    if (session === null && job.kind !== "hash") {
      throw new ConnectionError("lost", "There is no connection now");
    }
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<MoverResult>();
    this.#running.set(id, { slot, size, onProgress, resolve, reject });
    slot.worker.postMessage({ kind: "run", id, session, job });
    const cancel = () => slot.worker.postMessage({ kind: "cancel", id });
    signal.addEventListener("abort", cancel);
    try {
      return await promise; // Also after the signal: the mover still has the file open
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", cancel);
      this.#running.delete(id);
    }
  }

  async #acquire({ size, signal }: RunOptions): Promise<Slot> {
    signal.throwIfAborted();
    const slot = this.#waiting.length > 0 ? null : this.#reserve(size);
    if (slot !== null) return slot;
    const { promise, resolve, reject } = Promise.withResolvers<Slot>();
    const waiter = { size, resolve };
    this.#waiting.push(waiter);
    const leave = () => {
      this.#waiting = this.#waiting.filter((each) => each !== waiter);
      reject(signal.reason);
      this.#serveWaiting();
    };
    signal.addEventListener("abort", leave);
    return await promise.finally(() => signal.removeEventListener("abort", leave));
  }

  #serveWaiting(): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const slot = this.#reserve(first.size);
      if (slot === null) return;
      this.#waiting.shift();
      first.resolve(slot);
    }
  }

  /** Reserves room; `null` when there is none. */
  #reserve(size: number): Slot | null {
    const hasRoom = ({ jobs, bytes }: Slot) =>
      jobs === 0 || (jobs < JOBS_AHEAD && bytes + size <= BYTES_AHEAD);
    const slot = this.#slots.find(hasRoom) ??
      (this.#slots.length < this.#limit ? this.#add() : null);
    if (slot === null) return null;
    slot.jobs++;
    slot.bytes += size;
    return slot;
  }

  #add(): Slot {
    const slot = this.#open(() => {});
    this.#slots.push(slot);
    return slot;
  }

  #open(onReady: () => void): Slot {
    const slot: Slot = { worker: this.#start(), jobs: 0, bytes: 0, isDead: false };
    slot.worker.onmessage = ({ data }) => data.kind === "ready" ? onReady() : this.#onMessage(data);
    slot.worker.onerror = () => this.#onDeath(slot);
    return slot;
  }

  /** Ends a worker whose place another one has, and that has no jobs any more. */
  #endIfLeft(slot: Slot): void {
    if (slot.jobs === 0 && !this.#slots.includes(slot)) slot.worker.terminate();
  }

  #onMessage(message: Exclude<FromMover, { readonly kind: "ready" }>): void {
    const job = this.#running.get(message.id);
    if (message.kind === "progress") job?.onProgress(message.progress);
    else if (message.kind === "done") job?.resolve(message.result);
    else job?.reject(decodeError(message.error));
  }

  /** Its jobs can be tried again, by another worker. */
  #onDeath(slot: Slot): void {
    this.#slots = this.#slots.filter((each) => each !== slot);
    slot.isDead = true;
    slot.worker.terminate(); // After an uncaught error it would go on, with its files open
    for (const job of this.#running.values()) if (job.slot === slot) job.reject(workerLost());
  }
}

function workerLost(): ConnectionError {
  return new ConnectionError("lost", "The worker of the page has ended");
}
