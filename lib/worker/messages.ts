import type { WorkerJobs } from "./jobs.ts";

/** A method of {@link WorkerJobs}. */
export type JobName = {
  [K in keyof WorkerJobs]: WorkerJobs[K] extends (...args: never[]) => unknown ? K : never;
}[keyof WorkerJobs];

/** What is posted to the worker, several at a time. */
export interface JobRequest {
  readonly id: number;
  readonly name: JobName;
  readonly args: unknown[];
}

/** An error on its way between threads, where only plain data travels. */
export interface PlainError {
  readonly kind: "request" | "disk" | "protocol" | "other";
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** What is posted back, several at a time. */
export type JobReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError };
