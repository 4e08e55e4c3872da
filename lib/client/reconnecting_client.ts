import { briefRetry } from "./backoff.ts";
import type { Client } from "./client.ts";
import { type ClientProvider, runWithClients } from "./client_provider.ts";
import { connect } from "./connect.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { isLateHello } from "./late_hello.ts";
import { RetryPauses } from "./retry_pauses.ts";

/**
 * A client for work that can be repeated: when the connection is lost, it connects again and repeats
 * the pending work, as long as that makes progress.
 */
export class ReconnectingClient implements ClientProvider {
  readonly #options: ConnectOptions;
  readonly #pauses: RetryPauses;
  #client: Promise<Client>;
  /** Whether the server has answered HELO: it is not taken for one of protocol 1 any more. */
  #isProtocol2 = false;

  private constructor(options: ConnectOptions, client: Client) {
    this.#options = options;
    this.#pauses = new RetryPauses(briefRetry, options.signal);
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
      afterLoss: (client: Client, error: unknown, hasProgressed: boolean) => {
        if (hasProgressed) this.#pauses.onUsed();
        return this.#reconnect(client, error);
      },
      signal: this.#options.signal,
    };
    const doWork = async (client: Client) => {
      const result = await work(client);
      this.#pauses.onUsed();
      return result;
    };
    return runWithClients(source, doWork, progress);
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
    this.#isProtocol2 ||= client.protocol === 2 || isLateHello(loss);
    if (!client.isClosed) return; // Only a data connection was lost
    const present = this.#client;
    // Another caller may have begun to connect during the await
    if (await present === client && this.#client === present) {
      this.#client = this.#pauses.connectAgain(loss, () => this.#connect()).catch(() => client);
    }
    if ((await this.#client).isClosed) throw loss;
  }

  #connect(): Promise<Client> {
    return connect(this.#isProtocol2 ? { ...this.#options, protocol: 2 } : this.#options);
  }
}
