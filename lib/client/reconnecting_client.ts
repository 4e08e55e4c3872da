import { pause } from "../async/pause.ts";
import { briefRetry } from "./backoff.ts";
import type { Client } from "./client.ts";
import { type ClientProvider, runWithClients } from "./client_provider.ts";
import { connect } from "./connect.ts";
import type { ConnectOptions } from "./connect_options.ts";

/**
 * A client for work that can be repeated: when the connection is lost, it connects again and repeats
 * the pending work, as long as that makes progress.
 */
export class ReconnectingClient implements ClientProvider {
  readonly #options: ConnectOptions;
  #client: Promise<Client>;

  private constructor(options: ConnectOptions, client: Client) {
    // A server of protocol 2 that answers late must not be taken for one of protocol 1
    this.#options = { ...options, protocol: client.protocol };
    this.#client = Promise.resolve(client);
  }

  /**
   * Connects.
   *
   * @param options `signal` also ends the attempts to connect again
   * @throws {ConnectionError}
   */
  static async connect(options: ConnectOptions): Promise<ReconnectingClient> {
    return new ReconnectingClient(options, await connect(options));
  }

  /** The client of the current connection, or of the last one when it is lost. */
  get client(): Promise<Client> {
    return this.#client;
  }

  /** @inheritdoc */
  run<T>(work: (client: Client) => Promise<T>, progress: () => number): Promise<T> {
    const source = {
      current: () => this.#client,
      afterLoss: (client: Client, error: unknown) => this.#reconnect(client, error),
      signal: this.#options.signal,
    };
    return runWithClients(source, work, progress);
  }

  /** Sends QUIT if there is a connection, and waits for the end. */
  async quit(): Promise<void> {
    const client = await this.#client;
    if (!client.isClosed) await client.quit();
    await client.closed;
  }

  /** Closes at once. */
  async close(): Promise<void> {
    const client = await this.#client;
    client.close();
    await client.closed;
  }

  /** Connects again, once for all callers that lost the same client. @throws {ConnectionError} `loss` */
  async #reconnect(client: Client, loss: unknown): Promise<void> {
    if (!client.isClosed) return; // Only a data connection was lost
    const present = this.#client;
    // Another caller may have begun to connect during the await
    if (await present === client && this.#client === present) {
      this.#client = this.#connectAgain(loss).catch(() => client);
    }
    if ((await this.#client).isClosed) throw loss;
  }

  async #connectAgain(loss: unknown): Promise<Client> {
    const { signal } = this.#options;
    for (let failures = 0, error = loss;; failures++) {
      const pauseMs = signal?.aborted ? null : briefRetry(failures, error);
      if (pauseMs === null) throw error;
      await pause(pauseMs, signal);
      try {
        return await connect(this.#options);
      } catch (failure) {
        error = failure;
      }
    }
  }
}
