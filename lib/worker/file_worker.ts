import { setImmediate } from "node:timers";
import { DiskError, type DiskErrorCode } from "../files/disk_error.ts";
import {
  ProtocolError,
  type ProtocolErrorCode,
  RequestError,
  type RequestErrorCode,
} from "../protocol/errors.ts";
import type { WorkerJobs } from "./jobs.ts";
import type { JobName, JobReply, JobRequest, PlainError } from "./messages.ts";

interface PendingCall {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

type Args<K extends JobName> = Parameters<WorkerJobs[K]>;
type Result<K extends JobName> = ReturnType<WorkerJobs[K]>;

/**
 * A worker thread, seen from the main isolate: each call of a job is a promise.
 *
 * If the thread dies, pending and later calls reject; the process lives on.
 */
export class FileWorker {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PendingCall>();
  /** Calls of this turn of the event loop, posted together: waking the thread is what costs. */
  #unsent: JobRequest[] = [];
  #unsentTransfer: Transferable[] = [];
  #nextId = 0;
  #nextHandle = 0;
  #death: Error | null = null;

  /** Starts the thread. @param onDeath called once if the thread dies by itself */
  constructor(onDeath: (worker: FileWorker) => void = () => {}) {
    this.#worker = new Worker(new URL("./main.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<JobReply[]>) => {
      for (const reply of data) this.#onReply(reply);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault(); // Otherwise the error ends the process
      this.terminate(new Error(`A worker died: ${event.message}`));
      onDeath(this);
    };
  }

  /** A handle, unique in this worker, for a file that stays open in the thread. */
  newHandle(): number {
    return this.#nextHandle++;
  }

  /** Whether calls can still succeed. */
  get isAlive(): boolean {
    return this.#death === null;
  }

  /**
   * Runs a job in the worker, which owns the buffers in `transfer` from now on.
   *
   * @throws {RequestError | DiskError | ProtocolError} as thrown by the job
   */
  call<K extends JobName>(
    name: K,
    args: Args<K>,
    transfer: Transferable[] = [],
  ): Promise<Result<K>> {
    if (this.#death !== null) return Promise.reject(this.#death);
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Result<K>>();
    this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
    if (this.#unsent.length === 0) setImmediate(() => this.#sendAll());
    this.#unsent.push({ id, name, args });
    this.#unsentTransfer.push(...transfer);
    return promise;
  }

  /** Ends the thread; pending calls reject with `reason`. */
  terminate(reason: Error = new Error("The worker was stopped")): void {
    if (this.#death !== null) return;
    this.#death = reason;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  #sendAll(): void {
    const requests = this.#unsent;
    const transfer = this.#unsentTransfer;
    this.#unsent = [];
    this.#unsentTransfer = [];
    if (this.#death !== null) return;
    try {
      this.#worker.postMessage(requests, transfer);
    } catch (cause) {
      this.terminate(new Error("Cannot give the worker what was meant for it", { cause }));
    }
  }

  #onReply(reply: JobReply): void {
    const call = this.#pending.get(reply.id);
    if (call === undefined) return;
    this.#pending.delete(reply.id);
    if ("error" in reply) call.reject(fromPlainError(reply.error));
    else call.resolve(reply.result);
  }
}

function fromPlainError({ kind, code, path, message, reason }: PlainError): Error {
  if (kind === "request") {
    return new RequestError(code as RequestErrorCode, message, reason ? { reason } : {});
  }
  if (kind === "disk") return new DiskError(code as DiskErrorCode, path, message);
  if (kind === "protocol") return new ProtocolError(code as ProtocolErrorCode, message);
  return new Error(message);
}
