import { onAbort } from "../../async/on_abort.ts";
import { Chat, type ReceivedEvent } from "../../client/chat.ts";
import type { ChatClient } from "../../client/chat_client.ts";
import type { ListOptions } from "../../client/connect_options.ts";
import { Connection } from "../../client/connection.ts";
import { listFolder } from "../../client/list_folder.ts";
import { type Protocol2Client, requireProtocol2 } from "../../client/protocol2_client.ts";
import type { LoggedIn } from "../../client/prove_account.ts";
import { statPath } from "../../client/stat_path.ts";
import type { ListedEntry, PathStatus } from "../../protocol/answers.ts";
import { type ConnectionError, type ProtocolError, RequestError } from "../../protocol/errors.ts";
import type { ChatRate } from "../../protocol/hello.ts";
import type { JsonFrameType } from "../../protocol/frames.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { Socket } from "../../stream/socket.ts";
import { loadPart } from "./load_part.ts";
import type { TabLogin } from "./tab_login.ts";

/** How long the server may take to answer HELO. */
const HANDSHAKE_MS = 10_000;

/**
 * Opens a connection, which the caller owns.
 *
 * @param origin of the server; by default that of the page
 * @throws {ConnectionError}
 */
export type OpenSocket = (signal?: AbortSignal, origin?: string) => Promise<Socket>;

/** How a page connects. */
export interface PageConnectOptions {
  readonly open: OpenSocket;
  /** Where the server is. */
  readonly origin: string;
  /** `null` for a guest. */
  readonly login: TabLogin | null;
  /** Called with the client before its first event. */
  readonly onClient?: (client: PageClient) => void;
  /** Called with each event of the chat. */
  readonly onEvent?: (event: ReceivedEvent) => void;
  /** The secret by which the server knows the client when it comes back. Default: none. */
  readonly resume?: string | undefined;
  /** Whether the client takes a nick at once. Default: no. */
  readonly renames?: boolean | undefined;
  /** Cancels connecting. */
  readonly signal?: AbortSignal | undefined;
}

/** A client in a page: the chat and requests. Files move over connections of their own. */
export class PageClient implements ChatClient {
  readonly chat: Chat;
  readonly #connection: Connection;
  readonly #protocol: Protocol2Client;

  /**
   * Takes the connection over. Use {@link connectPage}.
   *
   * @param account `null` for a guest
   * @param origin where the server is: its files have links below it
   */
  constructor(connection: Connection, readonly account: LoggedIn | null, readonly origin: string) {
    this.#connection = connection;
    this.#protocol = requireProtocol2(connection.handler);
    this.chat = new Chat(connection);
  }

  get protocol(): 2 {
    return this.#protocol.version;
  }

  get features(): readonly string[] {
    const { features } = this.#protocol.hello;
    // Who has come by a link is in no chat
    return this.account?.link ? features.filter((name) => name !== "chat") : features;
  }

  get chatRate(): ChatRate | null {
    return this.#protocol.hello.limits.chat;
  }

  /** The token that further connections attach to. */
  get session(): string {
    return this.#protocol.hello.you.session;
  }

  get closed(): Promise<ConnectionError | ProtocolError | null> {
    return this.#connection.closed;
  }

  get isClosed(): boolean {
    return this.#connection.isClosed;
  }

  /** Sends a request. @throws {RequestError} the one of FAIL */
  request(
    type: JsonFrameType,
    fields: Record<string, unknown>,
    signal?: AbortSignal,
  ): Promise<JsonObject> {
    return this.#protocol.request(type, fields, signal);
  }

  /** The entries of a folder. @throws {RequestError} */
  list(path: string, options: ListOptions = {}): AsyncGenerator<ListedEntry> {
    return listFolder(this.#protocol, path, options);
  }

  /** The status of a path; the server computes the SHA-256 of a file. @throws {RequestError} */
  stat(path: string, signal?: AbortSignal): Promise<PathStatus> {
    return statPath(this.#protocol, path, signal);
  }

  quit(): Promise<ConnectionError | ProtocolError | null> {
    return this.#connection.quit();
  }

  close(reason?: ConnectionError): void {
    this.#connection.close(reason);
  }
}

/**
 * Connects, and logs in.
 *
 * @throws {ConnectionError}
 * @throws {RequestError} `auth-failed`; `unauthenticated` when the server requires a login
 */
export async function connectPage(options: PageConnectOptions): Promise<PageClient> {
  const early: ReceivedEvent[] = [];
  let deliver = (event: ReceivedEvent) => void early.push(event);
  const connection = await openLink(options, {
    attach: null,
    resume: options.resume ?? null,
    login: options.login !== null,
    rename: options.renames && options.login === null,
    onEvent: (event) => deliver(event),
  });
  try {
    const account = await identify(connection, options.login);
    const client = new PageClient(connection, account, options.origin);
    deliver = (event) => {
      client.chat.noticeEvent(event);
      options.onEvent?.(event);
    };
    options.onClient?.(client);
    for (const event of early) deliver(event);
    return client;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** What {@link openLink} needs besides a socket. */
export interface LinkOptions {
  /** The session that a connection for files attaches to; `null` for a client's own. */
  readonly attach: string | null;
  /** The secret by which a client comes back; absent for a connection for files. */
  readonly resume?: string | null;
  /** Whether the client is about to log in; absent for a connection for files. */
  readonly login?: boolean;
  /** Whether the client takes a nick at once; absent for a connection for files. */
  readonly rename?: boolean | undefined;
  readonly onEvent?: (event: ReceivedEvent) => void;
}

/** Opens a connection of protocol 2. @throws {ConnectionError} */
export async function openLink(
  { open, origin, signal }: Pick<PageConnectOptions, "open" | "signal" | "origin">,
  { attach, resume = null, onEvent = () => {}, login, rename }: LinkOptions,
): Promise<Connection> {
  const connection = new Connection(await open(signal, origin), {
    protocol: 2,
    guessMs: 0,
    handshakeMs: HANDSHAKE_MS,
    silenceMs: null,
    attach,
    present: true,
    resume,
    login,
    rename,
    startWorkers: () => {
      throw new Error("Cannot be: a page has no files of its own");
    },
    startProtocol1: null,
    onEvent,
    onHello: () => {},
    onProtocol1: () => {},
    onUpgrade: () => {},
  });
  const abortion = onAbort(signal, () => connection.close());
  try {
    await connection.negotiate();
    signal?.throwIfAborted();
    return connection;
  } catch (error) {
    connection.close();
    signal?.throwIfAborted();
    throw error;
  } finally {
    abortion[Symbol.dispose]();
  }
}

async function identify(connection: Connection, login: TabLogin | null): Promise<LoggedIn | null> {
  const protocol = await connection.requireProtocol2();
  if (login !== null) {
    // Guests do not need it
    const { SCRAM } = await loadPart(import("./scram.ts"));
    return await SCRAM.logIn(protocol, login);
  }
  if (protocol.hello.auth.required) throw new RequestError("unauthenticated");
  return null;
}
