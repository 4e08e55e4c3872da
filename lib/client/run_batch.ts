import type { BatchOptions, TransferAllResult, TransferListener } from "./batch.ts";
import type { Client } from "./client.ts";
import { type ClientProvider, providerOf } from "./client_provider.ts";

/**
 * Makes a batch for a caller that gives up by its signal alone: what that stops is no failure.
 *
 * @param run gets the options that each direction has
 * @throws the reason of the signal; what `run` throws
 */
export async function runBatch(
  client: Client | ClientProvider,
  options: TransferListener & { readonly signal?: AbortSignal },
  run: (options: BatchOptions) => Promise<TransferAllResult>,
): Promise<TransferAllResult> {
  const { signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const result = await run({ ...await workforceOf(client), listener: options, signal });
  signal.throwIfAborted();
  return result;
}

/** The clients and connections that share the work of a batch. */
export async function workforceOf(
  client: Client | ClientProvider,
): Promise<Pick<BatchOptions, "clients" | "jobs">> {
  const clients = providerOf(client);
  const jobs = await clients.run(({ connections }) => Promise.resolve(connections), () => 0);
  return { clients, jobs };
}
