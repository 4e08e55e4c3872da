import type { FileWorker } from "./file_worker.ts";

/** A worker of another thread, which its holder gives back by disposal. */
export interface LentWorker extends Disposable {
  /** Its calls run beside those of the holder's own worker. */
  readonly worker: FileWorker;
}

/** Lends a worker for work beside another one; `null` if no core is free for it. */
export type LendWorker = () => LentWorker | null;
