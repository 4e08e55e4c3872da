import { pause } from "../async/pause.ts";
import { ClusterError } from "../protocol/cluster_error.ts";
import { type Engine, EngineError } from "./engine.ts";
import { Patience, type PatienceOptions } from "./patience.ts";

/** Time between two attempts. */
const RETRY_MS = 500;

/** How {@link connectPatiently} waits. */
export interface ConnectOptions extends PatienceOptions {
  /** Makes one attempt. */
  readonly open: () => Promise<Engine>;
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
  { open, signal, ...waiting }: ConnectOptions,
  use: (engine: Engine) => Promise<T>,
): Promise<readonly [Engine, T]> {
  const patience = new Patience(waiting);
  for (;;) {
    try {
      return await attempt(open, use);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (!isPassing(error) || patience.isOver(error.message)) {
        throw new ClusterError("unreachable", error.message, { cause: error });
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
