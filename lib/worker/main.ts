/**
 * The entry of a worker thread: a message loop around {@link WorkerJobs}.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { lookBy } from "../files/exists.ts";
import { PathResolver } from "../files/path_resolver.ts";
import { BatchJobs } from "./batch_jobs.ts";
import { BlockJobs } from "./block_jobs.ts";
import { CopyJobs } from "./copy_jobs.ts";
import { DatabaseJobs } from "./database_jobs.ts";
import { FolderJobs } from "./folder_jobs.ts";
import { WorkerJobs } from "./jobs.ts";
import type { JobName, JobReply, JobRequest } from "./messages.ts";
import { toPlainError } from "./plain_error.ts";
import { WalkJobs } from "./walk_jobs.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<JobRequest[]>) => void) | null;
  postMessage(replies: JobReply[], transfer: Transferable[]): void;
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
  readonly others: readonly (
    | FolderJobs
    | BatchJobs
    | BlockJobs
    | CopyJobs
    | DatabaseJobs
    | WalkJobs
  )[];
}

type JobTable = Readonly<Record<JobName, (...args: unknown[]) => unknown>>;

function serve(scope: WorkerScope): void {
  const resolver = new PathResolver();
  const jobsBySeat = new Map<number, SeatJobs>();
  const jobsOf = (seat: number): SeatJobs => {
    const jobs = jobsBySeat.get(seat) ??
      {
        files: new WorkerJobs(),
        others: [
          new FolderJobs(resolver),
          new BatchJobs(resolver),
          new BlockJobs(),
          new CopyJobs(),
          new DatabaseJobs(),
          new WalkJobs(),
        ],
      };
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

lookBy(existsSync);
serve(globalThis as unknown as WorkerScope);
