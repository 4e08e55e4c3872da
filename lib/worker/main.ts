/**
 * The entry of a worker thread: a message loop around {@link WorkerJobs}.
 *
 * @module
 */
import { DiskError } from "../files/disk_error.ts";
import { messageOf, ProtocolError, RequestError } from "../protocol/errors.ts";
import { WorkerJobs } from "./jobs.ts";
import type { JobReply, JobRequest, PlainError } from "./messages.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<JobRequest[]>) => void) | null;
  postMessage(replies: JobReply[], transfer: Transferable[]): void;
}

function toPlainError(error: unknown): PlainError {
  const message = messageOf(error);
  if (error instanceof RequestError) {
    const { code, reason } = error;
    return { kind: "request", code, path: "", message, reason };
  }
  if (error instanceof DiskError) {
    return { kind: "disk", code: error.code, path: error.path, message };
  }
  if (error instanceof ProtocolError) {
    return { kind: "protocol", code: error.code, path: "", message };
  }
  return { kind: "other", code: "", path: "", message };
}

/** A buffer in a result is transferred back to the caller instead of being copied. */
function transferableOf(result: unknown): Transferable[] {
  if (result instanceof ArrayBuffer) return [result];
  const buffer = (result as { buffer?: unknown } | null)?.buffer;
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

/** Minimum interval between messages: replies ready earlier are posted together. */
const REPLY_INTERVAL_MS = 1;

class ReplyBatch {
  readonly #scope: WorkerScope;
  #replies: JobReply[] = [];
  #transfer: Transferable[] = [];
  #sentMs = 0;

  constructor(scope: WorkerScope) {
    this.#scope = scope;
  }

  add(reply: JobReply, transfer: Transferable[]): void {
    this.#replies.push(reply);
    this.#transfer.push(...transfer);
    if (performance.now() - this.#sentMs > REPLY_INTERVAL_MS) this.send();
  }

  send(): void {
    if (this.#replies.length === 0) return;
    this.#scope.postMessage(this.#replies, this.#transfer);
    this.#replies = [];
    this.#transfer = [];
    this.#sentMs = performance.now();
  }
}

function serve(scope: WorkerScope): void {
  const jobsBySeat = new Map<number, WorkerJobs>();
  const jobsOf = (seat: number): WorkerJobs => {
    const jobs = jobsBySeat.get(seat) ?? new WorkerJobs();
    jobsBySeat.set(seat, jobs);
    return jobs;
  };
  const replies = new ReplyBatch(scope);
  scope.onmessage = ({ data: requests }) => {
    for (const { id, seat, name, args } of requests) {
      try {
        const jobs = jobsOf(seat);
        if (name === "endSeat") jobsBySeat.delete(seat);
        const job = jobs[name] as (...args: unknown[]) => unknown;
        const result = job.apply(jobs, args);
        replies.add({ id, result }, transferableOf(result));
      } catch (error) {
        replies.add({ id, error: toPlainError(error) }, []);
      }
    }
    replies.send();
  };
}

serve(globalThis as unknown as WorkerScope);
