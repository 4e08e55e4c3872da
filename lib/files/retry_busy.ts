import { systemCode } from "./disk_error.ts";

/** How Windows refuses a file that another program, such as a virus scanner, holds for a moment. */
const BUSY_CODES: readonly string[] = ["EACCES", "EBUSY", "EPERM"];
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 100;
/** In all; scanners take their time for a large file. */
const PATIENCE_MS = 5_000;

/** The system that {@link retryBusy} works on; each has a default. */
export interface BusyOptions {
  /** Default: this one. */
  readonly platform?: typeof Deno.build.os;
  /** Blocks for so many milliseconds. */
  readonly sleep?: (ms: number) => void;
  /** The codes of errors that pass. */
  readonly codes?: readonly string[];
}

/**
 * Renames, links or removes a file, again and again for up to 5 s where Windows refuses that for a
 * moment: scanners open a file just after it was written. It blocks, so it is for workers.
 *
 * @throws the last error of `work`
 */
export function retryBusy<T>(work: () => T, options: BusyOptions = {}): T {
  const { platform = Deno.build.os, sleep = sleepSync, codes = BUSY_CODES } = options;
  let pauseMs = FIRST_PAUSE_MS;
  for (let waitedMs = 0;; waitedMs += pauseMs, pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return work();
    } catch (error) {
      const passes = platform === "windows" && codes.includes(systemCode(error));
      if (!passes || waitedMs >= PATIENCE_MS) throw error;
    }
    sleep(pauseMs);
  }
}

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
