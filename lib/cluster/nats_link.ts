import { connect, credsAuthenticator, errors, nkeyAuthenticator } from "@nats-io/transport-node";
import type { Authenticator, NatsConnection, Status } from "@nats-io/transport-node";
import { Listeners } from "../async/listeners.ts";
import { NKEY_SEED } from "./nats_key.ts";
import { mendTransport } from "./nats_sockets.ts";
import { EngineError, type EngineState } from "./engine.ts";

/** How to reach NATS. */
export interface NatsOptions {
  /** `nats://HOST:PORT` or `tls://HOST:PORT`, at least one: no others are tried. */
  readonly servers: readonly string[];
  /** The name of the cluster. */
  readonly name: string;
  /** The content of a `.creds` file, or of one with the seed of an nkey; `null`: none are needed. */
  readonly credentials: string | null;
  /** The certificates in PEM that sign those of the servers; `null`: those of the system. Asks for TLS. */
  readonly ca: string | null;
  /** Called with what NATS complains about, such as missing rights. */
  readonly onError?: (error: Error) => void;
}

/** The least time between two changes of the server of NATS. */
const MOVE_MS = 3_000;

/** A connection to NATS that is made again whenever it is lost, and whether there is one. */
export class NatsLink implements AsyncDisposable {
  readonly connection: NatsConnection;
  readonly #onError: (error: Error) => void;
  readonly #listeners = new Listeners<[EngineState]>();
  readonly #watching: Promise<void>;
  #state: EngineState = "connected";
  #movedMs = -Infinity;

  private constructor(connection: NatsConnection, onError: (error: Error) => void) {
    this.connection = connection;
    this.#onError = onError;
    this.#watching = this.#watch();
  }

  /**
   * Connects to the first server that answers.
   *
   * @throws {EngineError} `unreachable`, `denied`, `untrusted`, `bad-credentials`
   */
  static async connect(options: NatsOptions): Promise<NatsLink> {
    mendTransport();
    const authenticator = authenticatorOf(options.credentials);
    const { servers, name, ca } = options;
    const needsTls = ca !== null || servers.some((url) => url.startsWith("tls://"));
    const connection = await connect({
      servers: [...servers],
      name: `tcp-chat ${name}`,
      inboxPrefix: `_INBOX.${name}`,
      timeout: 2_000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
      pingInterval: 2_000,
      maxPingOut: 2,
      ignoreAuthErrorAbort: true,
      ignoreClusterUpdates: true, // Names that NATS tells may not be those of its certificates
      noAsyncTraces: true,
      ...(authenticator !== null && { authenticator }),
      ...(needsTls && { tls: ca === null ? {} : { ca } }),
    }).catch((error) => {
      throw connectError(error, servers);
    });
    connection.setServers([...servers]); // It has dropped those that did not answer
    return new NatsLink(connection, options.onError ?? (() => {}));
  }

  /** `lost` from the loss of the connection on until there is another. */
  get state(): EngineState {
    return this.#state;
  }

  /** Calls `listener` at every change of `state`. */
  onState(listener: (state: EngineState) => void): Disposable {
    return this.#listeners.add(listener);
  }

  /** Connects to the next server, unless it did so a moment ago. */
  moveOn(): void {
    const nowMs = performance.now();
    if (this.#state === "lost" || nowMs - this.#movedMs < MOVE_MS) return;
    this.#movedMs = nowMs;
    this.connection.reconnect();
  }

  /** Tells about a trouble that the connection outlives. */
  complain(error: Error): void {
    this.#onError(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) this.#onStatus(status);
    this.#become("lost");
  }

  #onStatus(status: Status): void {
    if (status.type === "disconnect") this.#become("lost");
    if (status.type === "reconnect") this.#become("connected");
    if (status.type === "ldm") this.moveOn(); // This server is about to stop
    if (status.type === "error") this.complain(status.error);
  }

  #become(state: EngineState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#listeners.tell(state);
  }
}

function authenticatorOf(credentials: string | null): Authenticator | null {
  if (credentials === null) return null;
  const bytes = new TextEncoder().encode(credentials);
  if (credentials.includes("-----BEGIN NATS USER JWT-----")) return credsAuthenticator(bytes);
  const seed = NKEY_SEED.exec(credentials)?.[0];
  if (seed !== undefined) return nkeyAuthenticator(new TextEncoder().encode(seed));
  throw new EngineError(
    "bad-credentials",
    "Cannot read the credentials of NATS: the file holds neither a user's JWT nor the seed of a user's nkey",
  );
}

function connectError(error: unknown, servers: readonly string[]): EngineError {
  const text = error instanceof Error ? error.message : String(error);
  const isDenied = error instanceof errors.AuthorizationError ||
    error instanceof errors.UserAuthenticationExpiredError;
  const code = isDenied
    ? "denied"
    : /certificate|'tls'|Issuer/i.test(text)
    ? "untrusted"
    : "unreachable";
  const where = servers.join(", ");
  return new EngineError(code, `Cannot connect to NATS at ${where}: ${text}`, { cause: error });
}
