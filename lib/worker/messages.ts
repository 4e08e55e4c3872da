import type { BatchJobs } from "./batch_jobs.ts";
import type { BlockJobs } from "./block_jobs.ts";
import type { CopyJobs } from "./copy_jobs.ts";
import type { DatabaseJobs } from "./database_jobs.ts";
import type { FolderJobs } from "./folder_jobs.ts";
import type { WorkerJobs } from "./jobs.ts";
import type { PlainError } from "./plain_error.ts";
import type { WalkJobs } from "./walk_jobs.ts";

/** All jobs of a worker. */
export type Jobs =
  & WorkerJobs
  & FolderJobs
  & BatchJobs
  & BlockJobs
  & CopyJobs
  & DatabaseJobs
  & WalkJobs;

/** A method of {@link Jobs}. */
export type JobName = {
  [K in keyof Jobs]: Jobs[K] extends (...args: never[]) => unknown ? K : never;
}[keyof Jobs];

/** The jobs that leave nothing open in their thread. */
export type LookupName =
  | "resolve"
  | "resolveEntry"
  | "makeFolder"
  | "inspectNames"
  | "removeEntry"
  | "removeNames"
  | "removeFolder"
  | "syncServed"
  | "readStored"
  | "findMark"
  | "moveServed"
  | "readServedNames"
  | "lookAtServed"
  | "moveToTrash"
  | "emptyTrash"
  | "placePart"
  | "takeNameBack";

/** A call, posted to the worker in arrays. */
export interface JobRequest {
  readonly id: number;
  /** The worker that calls: each has jobs and open files of its own. */
  readonly seat: number;
  readonly name: JobName;
  readonly args: unknown[];
}

/** The reply to a {@link JobRequest}, posted back in arrays. */
export type JobReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError };
