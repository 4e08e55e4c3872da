import { ConnectionError } from "../protocol/errors.ts";
import type { ChatClient } from "./chat_client.ts";
import type { Client } from "./client.ts";

/** Consecutive attempts without progress that are repeated, by default. */
const FUTILE_ATTEMPTS = 3;

/** Provides a client, and another one when its connection is lost. */
export interface ClientProvider<C = Client> {
  /**
   * Runs `work`, and runs it again with the next client when the connection is lost, or when the server stops, or
   * stores nothing, and another one of its cluster is there.
   *
   * @param progress how far the work has got, in any unit
   * @throws what `work` throws; the {@link ConnectionError} of the loss when connecting again fails
   */
  run<T>(work: (client: C) => Promise<T>, progress: () => number): Promise<T>;
}

/** A provider for work that takes either: without a provider, the loss of the connection is final. */
export function providerOf(client: Client | ClientProvider): ClientProvider {
  return "run" in client ? client : { run: (work) => work(client) };
}

/** The clients that {@link runWithClients} goes through. */
export interface ClientSource<C> {
  /** Resolves to the current client. */
  current(): Promise<C>;
  /**
   * Resolves when the next attempt may begin, after one that failed with `error`.
   *
   * @param hasProgressed whether the work has got further than ever before
   */
  afterLoss(client: C, error: unknown, hasProgressed: boolean): Promise<void>;
  /** Ends the attempts. */
  readonly signal: AbortSignal | undefined;
  /** Consecutive attempts without progress that are repeated. Default 3. */
  readonly futileAttempts?: number;
}

/** Runs `work` as {@link ClientProvider.run} does, with the clients of a source. */
export async function runWithClients<C extends Pick<ChatClient, "chat" | "closed">, T>(
  { current, afterLoss, signal, futileAttempts = FUTILE_ATTEMPTS }: ClientSource<C>,
  work: (client: C) => Promise<T>,
  progress: () => number,
): Promise<T> {
  let furthest = progress();
  /** Attempts in a row that got no further than those before. */
  let futile = 0;
  for (;;) {
    const client = await current();
    try {
      return await work(client);
    } catch (error) {
      const reached = progress();
      futile = reached > furthest ? 0 : futile + 1;
      furthest = Math.max(furthest, reached);
      if (signal?.aborted || futile > futileAttempts) throw error;
      const loss = client.chat.movesOn?.(error, true) ? await client.closed : error;
      if (!(loss instanceof ConnectionError)) throw error;
      await afterLoss(client, loss, futile === 0);
    }
  }
}
