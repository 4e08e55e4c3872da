import { setImmediate } from "node:timers";
import { CallQueue, type JobKind } from "./call_queue.ts";
import type { JobOwner } from "./fair_queue.ts";
import { takeWorker } from "./early_worker.ts";
import type { JobReply, JobRequest } from "./messages.ts";

/** Work in a thread beyond which calls wait here, where the next one can still be chosen fairly. */
const MAX_POSTED_BYTES = 4 * 1024 * 1024;
/**
 * What a call costs beside the bytes that it works on. At most 64 calls are posted and answered at a
 * time: some milliseconds of the main isolate.
 */
const CALL_BYTES = MAX_POSTED_BYTES / 64;

/** A call of a job, on its way to the thread. */
export interface ThreadCall {
  readonly request: Omit<JobRequest, "id">;
  readonly transfer: Transferable[];
  /** Bytes that the call reads, hashes or writes. */
  readonly bytes: number;
  resolve(reply: JobReply): void;
  reject(error: unknown): void;
}

interface PostedCall {
  readonly call: ThreadCall;
  readonly cost: number;
}

/**
 * A thread, which runs the calls of many workers: one buffer after the other.
 *
 * Calls wait on the main isolate, and a few at a time are posted to the thread. If it dies, pending
 * and later calls reject; the process lives on.
 */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #queue = new CallQueue<ThreadCall>();
  readonly #posted = new Map<number, PostedCall>();
  readonly #onDeath: (thread: WorkerThread) => void;
  #postedBytes = 0;
  #isScheduled = false;
  #nextId = 0;
  #death: Error | null = null;

  /**
   * Starts the thread, which blocks the isolate for tens of milliseconds.
   *
   * @param onDeath called once if the thread dies by itself
   */
  constructor(onDeath: (thread: WorkerThread) => void) {
    this.#onDeath = onDeath;
    this.#worker = takeWorker();
    this.#worker.onmessage = ({ data }: MessageEvent<JobReply[]>) => {
      for (const reply of data) this.#onReply(reply);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault(); // Otherwise the error ends the process
      this.#die(new Error(`A worker died: ${event.message}`));
    };
  }

  /** Why calls fail; `null` if they can succeed. */
  get death(): Error | null {
    return this.#death;
  }

  /** The number of calls that are not answered yet. */
  get load(): number {
    return this.#posted.size + this.#queue.length;
  }

  /** The number of calls that are not posted yet. */
  get waitingCount(): number {
    return this.#queue.length;
  }

  /** Queues a call. Calls of the same kind and owner run in their order. */
  call(kind: JobKind, owner: JobOwner, call: ThreadCall): void {
    if (this.#death !== null) return call.reject(this.#death);
    this.#queue.push(kind, owner, call);
    this.#schedule();
  }

  /** Ends the thread; pending calls reject with `reason`. */
  terminate(reason: Error): void {
    if (this.#death !== null) return;
    this.#death = reason;
    this.#worker.terminate();
    for (const { call } of this.#posted.values()) call.reject(reason);
    for (const call of this.#queue.clear()) call.reject(reason);
    this.#posted.clear();
  }

  /** Calls of one turn of the event loop are posted together: waking the thread is what costs. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#post();
    });
  }

  #post(): void {
    if (this.#death !== null) return;
    const requests: JobRequest[] = [];
    const transfer: Transferable[] = [];
    while (this.#postedBytes < MAX_POSTED_BYTES) {
      const call = this.#queue.shift();
      if (call === undefined) break;
      const id = this.#nextId++;
      const cost = CALL_BYTES + call.bytes;
      this.#posted.set(id, { call, cost });
      this.#postedBytes += cost;
      requests.push({ id, ...call.request });
      transfer.push(...call.transfer);
    }
    if (requests.length === 0) return;
    try {
      this.#worker.postMessage(requests, transfer);
    } catch (cause) {
      this.#die(new Error("Cannot give the worker what was meant for it", { cause }));
    }
  }

  #die(reason: Error): void {
    this.terminate(reason);
    this.#onDeath(this);
  }

  #onReply(reply: JobReply): void {
    const posted = this.#posted.get(reply.id);
    if (posted === undefined) return;
    this.#posted.delete(reply.id);
    this.#postedBytes -= posted.cost;
    posted.call.resolve(reply);
    if (this.#queue.length > 0) this.#schedule();
  }
}
