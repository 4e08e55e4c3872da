import { pause } from "../async/pause.ts";
import { ClusterError } from "../protocol/cluster_error.ts";
import { type Engine, EngineError } from "./engine.ts";

/** Time between two attempts, … */
const RETRY_MS = 500;
/** … and between two reports of failing ones. */
const REPORT_MS = 10_000;

/** How {@link connectPatiently} waits. */
export interface ConnectOptions {
  /** Makes one attempt. */
  readonly open: () => Promise<Engine>;
  /** How long it tries, in milliseconds; `null` for ever. */
  readonly waitMs: number | null;
  /** Called at the first failure, and every ten seconds. */
  readonly onWait: (reason: string) => void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/**
 * Connects to an engine, which may not be there yet. The caller disposes of it.
 *
 * @param use what has to work, too; is tried again with a new connection
 * @throws {ClusterError} `unreachable` if it does not answer in time, or will not answer
 */
export async function connectPatiently<T>(
  { open, waitMs, onWait, signal }: ConnectOptions,
  use: (engine: Engine) => Promise<T>,
): Promise<readonly [Engine, T]> {
  const startMs = performance.now();
  let reportedMs = -Infinity;
  for (;;) {
    try {
      return await attempt(open, use);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const nowMs = performance.now();
      const isLate = waitMs !== null && nowMs - startMs >= waitMs;
      if (isLate || !isPassing(error)) {
        throw new ClusterError("unreachable", error.message, { cause: error });
      }
      if (nowMs - reportedMs >= REPORT_MS) {
        onWait(error.message);
        reportedMs = nowMs;
      }
    }
    await pause(RETRY_MS, signal);
  }
}

async function attempt<T>(
  open: () => Promise<Engine>,
  use: (engine: Engine) => Promise<T>,
): Promise<readonly [Engine, T]> {
  const engine = await open();
  try {
    return [engine, await use(engine)];
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

/** Whether another attempt may go better. */
function isPassing({ code }: EngineError): boolean {
  return code === "unreachable" || code === "no-leader";
}
