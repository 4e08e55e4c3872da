import { exists } from "./exists.ts";
import { type BusyOptions, retryBusy } from "./retry_busy.ts";

/**
 * Removes a file. Ignores failures: it is gone, or the next transfer uses it again. Synchronous, for
 * use in a worker.
 *
 * @param system for tests. Where a file is busy for a moment, it is removed a moment later
 */
export function removeQuietly(path: string, system: BusyOptions = {}): void {
  try {
    retryBusy(() => Deno.removeSync(path), system);
  } catch {
    // Gone, or no permission
  }
}

/** The same for a file that mostly is not there. */
export function removeIfThere(path: string): void {
  if (exists(path)) removeQuietly(path);
}

/** Removes a closed database, with the files that SQLite keeps beside it. Ignores failures, too. */
export function removeDatabase(path: string): void {
  for (const end of ["", "-wal", "-shm"]) removeQuietly(`${path}${end}`);
}
