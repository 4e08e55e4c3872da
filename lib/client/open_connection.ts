import { onAbort } from "../async/on_abort.ts";
import type { ChatEvent } from "../protocol/chat_events.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { tcpConnector } from "../stream/tcp.ts";
import type { Connector } from "../stream/connector.ts";
import { type Endpoint } from "../stream/endpoint.ts";
import { Connection } from "./connection.ts";
import { type LoggedIn, logIn, type LoginOptions } from "./log_in.ts";
import { tlsConnector, type TlsTrustOptions } from "./tls_trust.ts";
import { Protocol2Client, requireProtocol2 } from "./protocol2_client.ts";

/** How long connecting may take. */
const CONNECT_TIMEOUT_MS = 10_000;

/** How to reach a server. */
export interface ConnectTarget extends Endpoint {
  /** For connecting (default 10 s), and for a server that is silent (90 s; 120 s in protocol 1). */
  readonly timeoutMs?: number;
  /** Gives connecting up. */
  readonly signal?: AbortSignal;
  /** Protocol to speak. Default `auto`: 2, or 1 where the server does not answer in 2. */
  readonly protocol?: 1 | 2 | "auto";
  /** Speak TLS, with a server that is trusted in this way. Default: no TLS. */
  readonly tls?: TlsTrustOptions;
  /** Makes the connections. Default: TCP, or TLS over it with `tls`. */
  readonly connector?: Connector;
  /** Logs in. Default: comes as a guest. */
  readonly login?: LoginOptions;
  /** How long `auto` waits for an answer in protocol 2. Default 1 s. */
  readonly handshakeMs?: number;
}

/** Who is told what comes unasked. */
export interface ConnectionListeners {
  /** Chat of protocol 1. */
  readonly onText: (text: string) => void;
  /** Events of protocol 2. */
  readonly onEvent: (event: ChatEvent) => void;
}

/**
 * Opens the main connection of a client, finds out which protocol the server speaks, and logs in.
 *
 * @throws {ConnectionError}; the reason of the signal when that fires before it is open
 * @throws {RequestError} `auth-failed`; `unauthenticated` where the server wants a login
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
 * Opens a data connection of a client that speaks protocol 2.
 *
 * @param session that of the main connection
 * @throws {ConnectionError}
 */
export async function openDataConnection(
  target: ConnectTarget,
  session: string,
): Promise<Connection> {
  const { signal: _, ...rest } = target; // It is for the main connection
  const nobody = { onText: () => {}, onEvent: () => {} };
  return await openConnection({ ...rest, protocol: 2 }, session, nobody);
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
