import { nextTurn } from "../async/next_turn.ts";
import { ConnectionError, messageOf } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ConnectLimits, Connector } from "./connector.ts";
import { type Endpoint, formatEndpoint } from "./endpoint.ts";
import type { Listener } from "./listener.ts";
import { closeSocket, type Socket } from "./socket.ts";

/**
 * Connections that may wait to be accepted. The system drops connections beyond that, and a client
 * retries only after a second; many systems allow no longer queue.
 */
const BACKLOG = 4_096;

/** Listens for TCP connections. */
export class TcpListener implements Listener {
  readonly #listener: Deno.TcpListener;
  #accepted = 0;

  /** Takes ownership of the listener. */
  constructor(listener: Deno.TcpListener) {
    this.#listener = listener;
  }

  get address(): Endpoint {
    const { hostname, port } = this.#listener.addr;
    return { hostname, port };
  }

  async accept(): Promise<Socket | null> {
    // A flood of connections is accepted without any wait: nothing else would have a turn
    if (++this.#accepted % LIMITS.acceptedAtOnce === 0) await nextTurn();
    for (;;) {
      try {
        return await this.#listener.accept();
      } catch (error) {
        if (isClosed(error)) return null;
        if (!hasPeerLeft(error)) throw error;
      }
    }
  }

  close(): void {
    closeSocket(this.#listener);
  }
}

/**
 * Opens a listening socket.
 *
 * @throws {ConnectionError} `in-use`; `unusable` for an address or port that cannot be used
 */
export function listenTcp(endpoint: Endpoint): TcpListener {
  const { hostname, port } = endpoint;
  try {
    return new TcpListener(Deno.listen({ hostname, port, tcpBacklog: BACKLOG }));
  } catch (cause) {
    throw listenError(endpoint, cause);
  }
}

/** The error for an endpoint that cannot be listened on: `in-use` or `unusable`. */
export function listenError(endpoint: Endpoint, cause: unknown): ConnectionError {
  const code = cause instanceof Deno.errors.AddrInUse ? "in-use" : "unusable";
  const address = formatEndpoint(endpoint);
  const message = `Cannot listen on ${address}: ${messageOf(cause)}`;
  return new ConnectionError(code, message, { cause, address });
}

/**
 * Connects within `timeoutMs`.
 *
 * @throws {ConnectionError} `refused`, `timeout` or `unreachable`; the reason of the signal
 */
export async function connectTcp(
  { hostname, port }: Endpoint,
  { timeoutMs, signal }: ConnectLimits,
): Promise<Deno.TcpConn> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  const signals = signal ? [signal, timeout.signal] : [timeout.signal];
  try {
    const conn = await Deno.connect({ hostname, port, signal: AbortSignal.any(signals) });
    if (!signal?.aborted) return conn;
    closeSocket(conn);
    throw signal.reason;
  } catch (cause) {
    signal?.throwIfAborted();
    const address = formatEndpoint({ hostname, port });
    throw timeout.signal.aborted
      ? timeoutError(address, timeoutMs, cause)
      : asConnectError(cause, address);
  } finally {
    clearTimeout(timer);
  }
}

/** Connects over TCP without TLS. */
export const tcpConnector: Connector = { connect: connectTcp };

/** The error for a server that does not answer. */
export function timeoutError(address: string, timeoutMs: number, cause?: unknown): ConnectionError {
  const message = `Cannot connect to ${address}: no answer within ${timeoutMs / 1000} s`;
  return new ConnectionError("timeout", message, { cause, address });
}

/** The error for a connection that could not be made: `refused` or `unreachable`. */
export function asConnectError(cause: unknown, address: string): ConnectionError {
  if (cause instanceof ConnectionError) return cause;
  const isRefused = cause instanceof Deno.errors.ConnectionRefused || isNodeRefusal(cause);
  const reason = isRefused ? "nothing listens there" : messageOf(cause);
  const code = isRefused ? "refused" : "unreachable";
  return new ConnectionError(code, `Cannot connect to ${address}: ${reason}`, { cause, address });
}

/** `ECONNREFUSED`, as `node:net` and `node:tls` report it. */
function isNodeRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
}

/** Whether a peer left before it was accepted, which is no error of the listener. */
function hasPeerLeft(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.ConnectionReset;
}

function isClosed(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
}
