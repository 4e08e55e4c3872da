import { onAbort } from "../../async/on_abort.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { ReconnectingClient } from "../../client/reconnecting_client.ts";
import type { Reporter } from "../view/reporter.ts";

/** How `get` and `put` connect. */
export interface ConnectToldOptions {
  readonly connection: ConnectOptions;
  /** Connections that share the work. */
  readonly jobs: number;
  /** Attempts to connect, again after each loss; `null` for a few within seconds after a loss. */
  readonly retries: number | null;
  /** Closes the connection. */
  readonly signal: AbortSignal;
}

/** Connects for transfers, and reports the attempts of `--retry`. @throws {ConnectionError} */
export async function connectTold(
  { connection, jobs, retries, signal }: ConnectToldOptions,
  reporter: Reporter,
): Promise<ReconnectingClient> {
  const clients = await ReconnectingClient.connect({ ...connection, connections: jobs }, {
    attempts: retries,
    ...retries !== null && { onPause: (error, ms) => reporter.onRetry(error, ms) },
  });
  onAbort(signal, () => void clients.close());
  return clients;
}
