import { abortable } from "@std/async/abortable";
import { onAbort } from "../../async/on_abort.ts";
import type { Client } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { ServerRoute } from "../../client/server_route.ts";
import type { Endpoint } from "../../stream/endpoint.ts";
import type { Locale } from "../texts/locale.ts";
import { ErrorOutput } from "../view/error_output.ts";
import { ResultOutput } from "../view/result_output.ts";
import type { CommandOutput } from "../view/tell_failure.ts";

/** How a command that asks a server over one connection connects, and in which language it prints. */
export interface WithClientOptions {
  readonly connection: ConnectOptions;
  readonly locale: Locale;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/** How a command that asks a server for something connects and prints. */
export interface RequestCommandOptions extends WithClientOptions {
  readonly json: boolean;
  /** Print for people only what they must know. */
  readonly quiet: boolean;
}

/**
 * Connects for the work of a command, and ends once all that it prints is printed.
 *
 * @returns the exit code that the work returns
 * @throws what the work throws, behind its results so far
 */
export async function withClient(
  { connection, locale, signal }: WithClientOptions,
  work: (client: Client, output: CommandOutput, server: Endpoint) => Promise<number>,
): Promise<number> {
  const route = new ServerRoute(connection, (each) => connect(each));
  const client = await route.connect();
  onAbort(signal, () => client.close());
  const output = { results: new ResultOutput(), errors: new ErrorOutput(locale) };
  try {
    const exitCode = await work(client, output, route.current);
    await abortable(output.results.written(), signal);
    await client.quit();
    return exitCode;
  } catch (error) {
    await abortable(output.results.written(), signal).catch(() => {}); // What is right comes before the error
    signal.throwIfAborted(); // Else the connection would seem to be lost, which Ctrl-C has closed
    throw error;
  } finally {
    await output.errors.written();
    client.close();
    await client.closed;
  }
}
