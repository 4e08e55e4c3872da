import { briefRetry } from "./backoff.ts";
import type { Client } from "./client.ts";
import { type ClientProvider, runWithClients } from "./client_provider.ts";
import { connect } from "./connect.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { limitedRetry } from "./limited_retry.ts";
import { type PauseListener, RetryPauses } from "./retry_pauses.ts";
import { ServerRoute } from "./server_route.ts";

/** How often a {@link ReconnectingClient} connects again, and what is told of it. */
export interface RetryOptions {
  /** Attempts after each loss, and for the first connection; `null` for a few within seconds after a loss. */
  readonly attempts: number | null;
  /** Called before the pause of each of these attempts. */
  readonly onPause?: PauseListener;
}

/** What a {@link ReconnectingClient} is made of. */
interface Parts {
  readonly options: ConnectOptions;
  readonly retry: RetryOptions;
  readonly route: ServerRoute<Client>;
}

/**
 * A client for work that can be repeated: when the connection is lost, it connects again and repeats
 * the pending work, as long as that makes progress.
 */
export class ReconnectingClient implements ClientProvider {
  readonly #options: ConnectOptions;
  readonly #pauses: RetryPauses;
  readonly #retry: RetryOptions;
  #client: Promise<Client>;
  readonly #route: ServerRoute<Client>;

  private constructor(
    { options, retry, route }: Parts,
    client: Client,
  ) {
    this.#options = options;
    this.#retry = retry;
    this.#route = route;
    this.#pauses = pausesOf(retry, options);
    this.#client = Promise.resolve(client);
  }

  /**
   * Connects.
   *
   * @param options `signal` also ends the attempts to connect again
   * @throws {ConnectionError}
   */
  static async connect(
    options: ConnectOptions,
    retry: RetryOptions = { attempts: null },
  ): Promise<ReconnectingClient> {
    const route = new ServerRoute(options, (each) => connect(each));
    const client = await connectFirst(() => route.connect(), retry, options);
    return new ReconnectingClient({ options, retry, route }, client);
  }

  /** The client of the current connection, or of the last one when it is lost. */
  get client(): Promise<Client> {
    return this.#client;
  }

  /** @inheritdoc */
  run<T>(work: (client: Client) => Promise<T>, progress: () => number): Promise<T> {
    const { attempts } = this.#retry;
    const source = {
      current: () => this.#client,
      afterLoss: (client: Client, error: unknown, hasProgressed: boolean) => {
        if (hasProgressed) this.#pauses.onUsed();
        return this.#reconnect(client, error);
      },
      signal: this.#options.signal,
      ...(attempts !== null && { futileAttempts: attempts }),
    };
    const doWork = async (client: Client) => {
      const result = await work(client);
      this.#pauses.onUsed();
      return result;
    };
    return runWithClients(source, doWork, progress);
  }

  /**
   * Resolves to a client that is connected, for work that begins anew: after a loss it connects like
   * {@link connect}, and earlier attempts do not count.
   *
   * @throws {ConnectionError}
   */
  async renew(): Promise<Client> {
    const client = await this.#client;
    if (!client.isClosed) return client;
    this.#pauses.onUsed();
    const connected = connectFirst(() => this.#route.connect(), this.#retry, this.#options);
    this.#client = connected.catch(() => client);
    return await connected;
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
      const connectOnce = () => this.#route.connect({}, loss);
      const connected = this.#pauses.connectAgain(loss, connectOnce, this.#retry.onPause);
      this.#client = connected.catch(() => client);
    }
    if ((await this.#client).isClosed) throw loss;
  }
}

/** Connects, in as many attempts as `retry` has. @throws {ConnectionError} */
async function connectFirst(
  connectOnce: () => Promise<Client>,
  retry: RetryOptions,
  options: ConnectOptions,
): Promise<Client> {
  return await connectOnce().catch((error) => {
    if (retry.attempts === null) throw error;
    return pausesOf(retry, options).connectAgain(error, connectOnce, retry.onPause);
  });
}

function pausesOf({ attempts }: RetryOptions, { signal }: ConnectOptions): RetryPauses {
  return new RetryPauses(attempts === null ? briefRetry : limitedRetry(attempts), signal);
}
