import { pause } from "../async/pause.ts";
import { systemCode } from "./disk_error.ts";
import { sleepSync } from "./sleep_sync.ts";

/** How Windows refuses a file that another program, such as a virus scanner, holds for a moment. */
const BUSY_CODES: readonly string[] = ["EACCES", "EBUSY", "EPERM"];
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 100;
/** In all; scanners take their time for a large file. */
const PATIENCE_MS = 5_000;

interface BusySystem {
  /** Default: this one. */
  readonly platform?: typeof Deno.build.os;
  /** The codes of errors that pass. */
  readonly codes?: readonly string[];
}

/** The system that {@link retryBusy} works on; each has a default. */
export interface BusyOptions extends BusySystem {
  /** Blocks for so many milliseconds. */
  readonly sleep?: (ms: number) => void;
}

/** The system that {@link retryBusyAsync} works on; each has a default. */
export interface AsyncBusyOptions extends BusySystem {
  /** Waits for so many milliseconds. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * Renames, links or removes a file, again and again for up to 5 s where Windows refuses that for a
 * moment: scanners open a file just after it was written. It blocks, so it is for workers.
 *
 * @throws the last error of `work`
 */
export function retryBusy<T>(work: () => T, options: BusyOptions = {}): T {
  const { sleep = sleepSync } = options;
  for (const pauseMs of pauses()) {
    try {
      return work();
    } catch (error) {
      if (!passes(error, options)) throw error;
    }
    sleep(pauseMs);
  }
  return work();
}

/**
 * The same for threads that must not block: the event loop goes on during the pauses.
 *
 * @throws the last error of `work`
 */
export async function retryBusyAsync<T>(
  work: () => Promise<T>,
  options: AsyncBusyOptions = {},
): Promise<T> {
  const { sleep = pause } = options;
  for (const pauseMs of pauses()) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error, options)) throw error;
    }
    await sleep(pauseMs);
  }
  return await work();
}

/** The times between two attempts, in milliseconds, which grow. */
function* pauses(): Generator<number> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += pauseMs) {
    if (waitedMs > 0) pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    yield pauseMs;
  }
}

function passes(error: unknown, { platform = Deno.build.os, codes = BUSY_CODES }: BusySystem) {
  return platform === "windows" && codes.includes(systemCode(error));
}
