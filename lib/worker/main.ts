/**
 * The entry of a worker thread: a message loop around {@link WorkerJobs}.
 *
 * @module
 */
import { DiskError, systemCode } from "../files/disk_error.ts";
import { PathResolver } from "../files/path_resolver.ts";
import { messageOf, ProtocolError, RequestError } from "../protocol/errors.ts";
import { BlockJobs } from "./block_jobs.ts";
import { FolderJobs } from "./folder_jobs.ts";
import { WorkerJobs } from "./jobs.ts";
import type { JobName, JobReply, JobRequest, PlainError } from "./messages.ts";

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
  const isRefused = error instanceof Deno.errors.NotCapable;
  return { kind: "other", code: isRefused ? "EACCES" : systemCode(error), path: "", message };
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

/** The jobs of a seat. */
interface SeatJobs {
  readonly files: WorkerJobs;
  readonly others: readonly (FolderJobs | BlockJobs)[];
}

type JobTable = Readonly<Record<JobName, (...args: unknown[]) => unknown>>;

function serve(scope: WorkerScope): void {
  const resolver = new PathResolver();
  const jobsBySeat = new Map<number, SeatJobs>();
  const jobsOf = (seat: number): SeatJobs => {
    const jobs = jobsBySeat.get(seat) ??
      { files: new WorkerJobs(), others: [new FolderJobs(resolver), new BlockJobs()] };
    jobsBySeat.set(seat, jobs);
    return jobs;
  };
  const replies = new ReplyBatch(scope);
  scope.onmessage = ({ data: requests }) => {
    for (const { id, seat, name, args } of requests) {
      try {
        const { files, others } = jobsOf(seat);
        if (name === "endSeat") jobsBySeat.delete(seat);
        const jobs = (others.find((jobs) => name in jobs) ?? files) as unknown as JobTable;
        const result = jobs[name].apply(jobs, args);
        replies.add({ id, result }, transferableOf(result));
      } catch (error) {
        replies.add({ id, error: toPlainError(error) }, []);
      }
    }
    replies.send();
  };
}

serve(globalThis as unknown as WorkerScope);
