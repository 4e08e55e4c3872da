import { onAbort } from "../async/on_abort.ts";
import type { ChatEvent } from "../protocol/chat_events.ts";
import type { Protocol2Servers } from "../files/protocol2_servers.ts";
import { RequestError } from "../protocol/errors.ts";
import type { ServerHello } from "../protocol/hello.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Bandwidth } from "../stream/bandwidth.ts";
import type { ConnectLimits, Connector } from "../stream/connector.ts";
import { type Endpoint, formatEndpoint } from "../stream/endpoint.ts";
import { foreignServiceError } from "../stream/foreign_service.ts";
import { PacedSocket } from "../stream/paced_socket.ts";
import type { Socket } from "../stream/socket.ts";
import { tcpConnector } from "../stream/tcp.ts";
import { ClientWorkers } from "../worker/client_workers.ts";
import { connectTimeoutMs } from "./connect_timeout.ts";
import { Connection } from "./connection.ts";
import { Protocol1Client } from "./protocol1_client.ts";
import type { LoginOptions } from "./log_in.ts";
import type { LoggedIn } from "./prove_account.ts";
import { connectTrusted, type TlsTrustOptions, type TrustedConnection } from "./tls_trust.ts";

/** How to connect to a server. */
export interface ConnectTarget extends Endpoint {
  /** Time limit of connecting (default 10 s) and of silence (90 s; 120 s in protocol 1). */
  readonly timeoutMs?: number;
  /** Time limit of connecting alone, where it is shorter than `timeoutMs`. Default: that. */
  readonly connectMs?: number;
  /** Cancels connecting. */
  readonly signal?: AbortSignal;
  /**
   * The protocol. Default `auto`: 2, or 1 if the server does not answer HELO for a moment. Over TLS
   * that is 2, since no server of protocol 1 speaks TLS.
   */
  readonly protocol?: 1 | 2 | "auto";
  /** Servers that are known to speak protocol 2: `auto` waits longer for their answer to HELO. */
  readonly protocol2Servers?: Protocol2Servers;
  /** Called when the answer to HELO comes late: the client speaks protocol 2 from now on. */
  readonly onUpgrade?: () => void;
  /** Use TLS, and trust servers as these options say. Default: no TLS. */
  readonly tls?: TlsTrustOptions;
  /** Makes the connections, in place of TCP, or TLS over it with `tls`: one of the two may be given. */
  readonly connector?: Connector;
  /** The account to log in with. Default: none, as a guest. */
  readonly login?: LoginOptions;
  /**
   * Whether to take part in the chat. If not, the client is in no room and no list, and no member
   * is told of it; it may still send messages to any room. Default `true`.
   */
  readonly present?: boolean;
  /**
   * A secret by which the server knows this client when it comes back: it keeps private messages for it
   * meanwhile. Random, of 32 to 128 characters, the same on all its connections. Default: none.
   */
  readonly resume?: string;
  /** Whether the client takes a nick at once: other members are told of it after that. Default `false`. */
  readonly renames?: boolean;
  /** Limits of file data; other connections may share it. Default: none. */
  readonly bandwidth?: Bandwidth;
  /** How long `auto` waits for the answer to HELO, besides two round trips. Default 1 s. */
  readonly handshakeMs?: number;
}

/** Callbacks for frames that answer no request. */
export interface ConnectionListeners {
  /** Chat of protocol 1. */
  readonly onText: (text: string) => void;
  /** Events of protocol 2. */
  readonly onEvent: (event: ChatEvent) => void;
}

/** For connections that take no part in the chat. */
const DEAF: ConnectionListeners = { onText: () => {}, onEvent: () => {} };

/**
 * Opens the control connection of a client, negotiates the protocol, and logs in. With a login, the
 * server is remembered once that has succeeded: it may prove that the accepted key is another's.
 *
 * @throws {ConnectionError}; the reason of the signal when that fires first
 * @throws {RequestError} `auth-failed`; `unauthenticated` when the server requires a login
 */
export async function openControlConnection(
  target: ConnectTarget,
  listeners = DEAF,
): Promise<{ readonly connection: Connection; readonly account: LoggedIn | null }> {
  const { connection, endPoint, remember } = await openConnection(target, null, listeners);
  try {
    const account = await identify(connection, target.login ?? null, endPoint);
    await remember();
    return { connection, account };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function identify(
  connection: Connection,
  login: LoginOptions | null,
  endPoint: Socket["serverEndPoint"],
): Promise<LoggedIn | null> {
  if (login !== null) {
    const { logIn } = await import("./log_in.ts"); // Its tables take long to load
    return await logIn(await connection.requireProtocol2(), login, endPoint);
  }
  const { handler } = connection;
  const isRequired = handler.version === 2 && handler.hello.auth.required;
  if (isRequired) throw new RequestError("unauthenticated");
  return null;
}

/**
 * Opens a data connection for a client of protocol 2. Requests may be sent at once, behind HELO: its answer is known.
 *
 * @param hello the server's, of the control connection
 * @throws {ConnectionError}
 */
export async function openDataConnection(
  target: ConnectTarget,
  hello: ServerHello,
): Promise<Connection> {
  // These belong to the control connection
  const { signal: _, onUpgrade: _1, protocol2Servers: _2, resume: _3, connectMs: _4, ...rest } =
    target;
  const { connection } = await openConnection({ ...rest, protocol: 2 }, hello);
  return connection;
}

/**
 * Connects to a server and closes the connection: whether it is to be trusted is asked, and decided, before
 * anything else is. With a login, it is remembered once that has succeeded, as always.
 *
 * @throws {ConnectionError}; the reason of the signal when that fires first
 */
export async function settleTrust(target: ConnectTarget): Promise<void> {
  const { signal } = target;
  const timeoutMs = connectTimeoutMs(target);
  const { socket } = await connectTo(target, { timeoutMs, ...(signal && { signal }) });
  socket.close();
}

/** A connection whose protocol is negotiated, and whose server may still have to be remembered. */
interface OpenConnection extends Pick<TrustedConnection, "remember"> {
  readonly connection: Connection;
  /** What a login can be bound to. */
  readonly endPoint: Socket["serverEndPoint"];
}

/**
 * Opens a connection and negotiates the protocol, without a login.
 *
 * @param owner the answer to HELO of the connection that a data connection belongs to; `null` for a control
 * connection
 * @throws {ConnectionError}; the reason of the signal when that fires first
 */
export async function openConnection(
  target: ConnectTarget,
  owner: ServerHello | null,
  listeners = DEAF,
): Promise<OpenConnection> {
  const { signal, protocol2Servers: known, bandwidth } = target;
  const timeoutMs = connectTimeoutMs(target);
  let remembered: Promise<void> = Promise.resolve();
  const isKnown = await known?.has(target) ?? false;
  const startedMs = performance.now();
  const { socket, remember } = await connectTo(target, { timeoutMs, ...(signal && { signal }) });
  if (target.login === undefined || owner !== null) await remember();
  const connection = new Connection(paced(socket, target, owner !== null), {
    protocol: protocolOf(target),
    guessMs: isKnown ? timeoutMs : guessMs(target, performance.now() - startedMs, timeoutMs),
    handshakeMs: timeoutMs,
    silenceMs: target.timeoutMs ?? null,
    ...greetingOf(target, owner?.you.session ?? null),
    ...(owner !== null && { hello: owner }),
    foreignError: (bytes) => foreignServiceError(bytes, formatEndpoint(target)),
    silence: { address: formatEndpoint(target), details: { answers: "nothing" } },
    onHello: () => remembered = known?.add(target) ?? remembered,
    onProtocol1: () => remembered = known?.delete(target) ?? remembered,
    startWorkers: () => new ClientWorkers(),
    onUpgrade: target.onUpgrade ?? (() => {}),
    startProtocol1: (context) => new Protocol1Client(context, listeners.onText, bandwidth),
    onEvent: listeners.onEvent,
  });
  using _ = onAbort(signal, () => connection.close());
  try {
    await connection.negotiate();
    await remembered;
    signal?.throwIfAborted();
    return { connection, endPoint: socket.serverEndPoint, remember };
  } catch (error) {
    connection.close();
    signal?.throwIfAborted();
    throw error;
  }
}

/** Paces a connection that carries files, as does the first one of a client that hears no chat. */
function paced(socket: Socket, { bandwidth, present = true }: ConnectTarget, isData: boolean) {
  const isPaced = bandwidth !== undefined && (isData || !present);
  return isPaced ? new PacedSocket(socket, bandwidth) : socket;
}

/** What the client says of itself in HELO. */
function greetingOf(
  { present = true, resume, login, renames = false }: ConnectTarget,
  attach: string | null,
) {
  const isClient = attach === null;
  return {
    attach,
    present,
    resume: resume ?? null,
    login: login !== undefined && isClient,
    rename: renames && isClient && login === undefined,
  };
}

function protocolOf({ protocol = "auto", tls }: ConnectTarget): 1 | 2 | "auto" {
  return protocol === "auto" && tls !== undefined ? 2 : protocol;
}

/** How long to wait for HELO before a guess. On a slow line, connecting has taken long, too. */
function guessMs(
  { handshakeMs = LIMITS.handshakeMs }: ConnectTarget,
  connectedMs: number,
  timeoutMs: number,
): number {
  return Math.min(timeoutMs, handshakeMs + 2 * connectedMs);
}

async function connectTo(target: ConnectTarget, limits: ConnectLimits): Promise<TrustedConnection> {
  const { connector = tcpConnector, tls } = target;
  if (tls !== undefined && target.connector === undefined) {
    return await connectTrusted(target, tls, limits);
  }
  return { socket: await connector.connect(target, limits), remember: () => Promise.resolve() };
}
