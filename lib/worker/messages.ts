import type { RequestErrorReason } from "../protocol/errors.ts";
import type { BlockJobs } from "./block_jobs.ts";
import type { FolderJobs } from "./folder_jobs.ts";
import type { WorkerJobs } from "./jobs.ts";

/** All jobs of a worker. */
export type Jobs = WorkerJobs & FolderJobs & BlockJobs;

/** A method of {@link Jobs}. */
export type JobName = {
  [K in keyof Jobs]: Jobs[K] extends (...args: never[]) => unknown ? K : never;
}[keyof Jobs];

/** The jobs that leave nothing open in their thread. */
export type LookupName = "resolve" | "makeFolder" | "inspectNames";

/** A call, posted to the worker in arrays. */
export interface JobRequest {
  readonly id: number;
  /** The worker that calls: each has jobs and open files of its own. */
  readonly seat: number;
  readonly name: JobName;
  readonly args: unknown[];
}

/** An error as plain data: a posted error would lose its class. */
export interface PlainError {
  readonly kind: "request" | "disk" | "protocol" | "other";
  readonly code: string;
  readonly path: string;
  readonly message: string;
  /** Of a `RequestError`. */
  readonly reason?: RequestErrorReason | null;
}

/** The reply to a {@link JobRequest}, posted back in arrays. */
export type JobReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError };
