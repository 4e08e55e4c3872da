/** One command that moves files, and its results so far. */
export interface TransferJob {
  readonly replace: boolean;
  /** Fires when the command is cancelled. */
  readonly signal: AbortSignal;
  /** Print one line for all files. */
  isSummed: boolean;
  /** Files that are in place. */
  files: number;
  /** Their sizes. */
  bytes: number;
  failed: number;
}

/** A job that has not moved anything yet. */
export function newJob(options: Pick<TransferJob, "replace" | "signal">): TransferJob {
  return { ...options, isSummed: false, files: 0, bytes: 0, failed: 0 };
}
