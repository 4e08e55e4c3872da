import { onAbort } from "../async/on_abort.ts";
import type { ChatEvent } from "../protocol/chat_events.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Connector } from "../stream/connector.ts";
import type { Endpoint } from "../stream/endpoint.ts";
import { tcpConnector } from "../stream/tcp.ts";
import { Connection } from "./connection.ts";
import { type LoggedIn, logIn, type LoginOptions } from "./log_in.ts";
import { requireProtocol2 } from "./protocol2_client.ts";
import { tlsConnector, type TlsTrustOptions } from "./tls_trust.ts";

/** How long connecting may take. */
const CONNECT_TIMEOUT_MS = 10_000;

/** How to connect to a server. */
export interface ConnectTarget extends Endpoint {
  /** Time limit of connecting (default 10 s) and of silence (90 s; 120 s in protocol 1). */
  readonly timeoutMs?: number;
  /** Cancels connecting. */
  readonly signal?: AbortSignal;
  /** The protocol. Default `auto`: 2, or 1 if the server does not answer HELO. */
  readonly protocol?: 1 | 2 | "auto";
  /** Use TLS, and trust servers as these options say. Default: no TLS. */
  readonly tls?: TlsTrustOptions;
  /** Makes the connections. Default: TCP, or TLS over it with `tls`. */
  readonly connector?: Connector;
  /** The account to log in with. Default: none, as a guest. */
  readonly login?: LoginOptions;
  /** How long `auto` waits for the answer to HELO. Default 1 s. */
  readonly handshakeMs?: number;
}

/** Callbacks for frames that answer no request. */
export interface ConnectionListeners {
  /** Chat of protocol 1. */
  readonly onText: (text: string) => void;
  /** Events of protocol 2. */
  readonly onEvent: (event: ChatEvent) => void;
}

/**
 * Opens the control connection of a client, negotiates the protocol, and logs in.
 *
 * @throws {ConnectionError}; the reason of the signal when that fires first
 * @throws {RequestError} `auth-failed`; `unauthenticated` when the server requires a login
 */
export async function openControlConnection(
  target: ConnectTarget,
  listeners: ConnectionListeners,
): Promise<{ readonly connection: Connection; readonly account: LoggedIn | null }> {
  const connection = await openConnection(target, null, listeners);
  try {
    return { connection, account: await identify(connection, target.login ?? null) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function identify(
  { handler }: Connection,
  login: LoginOptions | null,
): Promise<LoggedIn | null> {
  if (login !== null) return await logIn(requireProtocol2(handler), login);
  const isRequired = handler.version === 2 && handler.hello.auth.required;
  if (isRequired) throw new RequestError("unauthenticated");
  return null;
}

/**
 * Opens a data connection for a client of protocol 2.
 *
 * @param session the token of the control connection
 * @throws {ConnectionError}
 */
export async function openDataConnection(
  target: ConnectTarget,
  session: string,
): Promise<Connection> {
  const { signal: _, ...rest } = target; // It belongs to the control connection
  const listeners = { onText: () => {}, onEvent: () => {} };
  return await openConnection({ ...rest, protocol: 2 }, session, listeners);
}

async function openConnection(
  target: ConnectTarget,
  attach: string | null,
  listeners: ConnectionListeners,
): Promise<Connection> {
  const { signal, protocol = "auto", handshakeMs = LIMITS.handshakeMs } = target;
  const timeoutMs = target.timeoutMs ?? CONNECT_TIMEOUT_MS;
  const limits = { timeoutMs, ...(signal && { signal }) };
  const socket = await connectorOf(target).connect(target, limits);
  const connection = new Connection(socket, {
    protocol,
    handshakeMs: protocol === "auto" ? handshakeMs : timeoutMs,
    silenceMs: target.timeoutMs ?? null,
    attach,
    ...listeners,
  });
  using _ = onAbort(signal, () => connection.close());
  try {
    await connection.negotiate();
    signal?.throwIfAborted();
    return connection;
  } catch (error) {
    connection.close();
    signal?.throwIfAborted();
    throw error;
  }
}

function connectorOf({ connector, tls }: ConnectTarget): Connector {
  return connector ?? (tls === undefined ? tcpConnector : tlsConnector(tls));
}
