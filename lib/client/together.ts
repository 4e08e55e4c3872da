import type { DownloadResult } from "../transfer/download_options.ts";
import type { Client } from "./client.ts";
import type { TogetherResult } from "./download_together.ts";

/** Moves small files together. */
export interface Together<T> {
  /** Whether a task may be moved together with others. */
  readonly takes: (task: T) => boolean;
  /**
   * Moves at most `LIMITS.batchFiles` files, of at most `LIMITS.batchBytes`.
   *
   * @param onBytes to be called with all bytes that are there, when more arrive
   * @returns by task; `null` for one that is to be run on its own
   */
  readonly move: (
    client: Client,
    tasks: readonly T[],
    onBytes: (bytes: number) => void,
  ) => Promise<readonly TogetherResult<DownloadResult>[]>;
}
