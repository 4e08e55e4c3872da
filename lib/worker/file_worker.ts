import { DiskError, type DiskErrorCode } from "../files/disk_error.ts";
import {
  type FailCode,
  ProtocolError,
  RequestError,
  type ViolationCode,
} from "../protocol/errors.ts";
import type { JobName, JobReply, PlainError, WorkerJobs } from "./jobs.ts";

interface PendingCall {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

type Args<K extends JobName> = Parameters<WorkerJobs[K]>;
type Result<K extends JobName> = ReturnType<WorkerJobs[K]>;

/**
 * A worker thread, seen from the main isolate: each call of a job is a promise.
 *
 * When the thread dies, what is under way and all later calls reject; the process lives on.
 */
export class FileWorker {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PendingCall>();
  #nextId = 0;
  #nextHandle = 0;
  #death: Error | null = null;

  /** Starts the thread. @param onDeath called once, should it die by itself */
  constructor(onDeath: (worker: FileWorker) => void = () => {}) {
    this.#worker = new Worker(new URL("./main.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<JobReply>) => this.#onReply(data);
    this.#worker.onerror = (event) => {
      event.preventDefault(); // Otherwise it takes the process along
      this.terminate(new Error(`A worker died: ${event.message}`));
      onDeath(this);
    };
  }

  /** A number for something that is to be open in the thread, as no other caller has it. */
  newHandle(): number {
    return this.#nextHandle++;
  }

  /** Whether calls can still succeed. */
  get isAlive(): boolean {
    return this.#death === null;
  }

  /**
   * Has the worker do a job. Buffers in `transfer` become the worker's.
   *
   * @throws {RequestError | DiskError} as the job threw it
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
    this.#worker.postMessage({ id, name, args }, transfer);
    return promise;
  }

  /** Ends the thread; what is under way rejects with `reason`. */
  terminate(reason: Error = new Error("The worker was stopped")): void {
    if (this.#death !== null) return;
    this.#death = reason;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  #onReply(reply: JobReply): void {
    const call = this.#pending.get(reply.id);
    if (call === undefined) return;
    this.#pending.delete(reply.id);
    if ("error" in reply) call.reject(fromPlainError(reply.error));
    else call.resolve(reply.result);
  }
}

function fromPlainError({ kind, code, path, message }: PlainError): Error {
  if (kind === "request") return new RequestError(code as FailCode, message);
  if (kind === "disk") return new DiskError(code as DiskErrorCode, path, message);
  if (kind === "protocol") return new ProtocolError(code as ViolationCode, message);
  return new Error(message);
}
