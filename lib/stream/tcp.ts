import { ConnectionError, messageOf } from "../protocol/errors.ts";
import { closeSocket } from "./framed_connection.ts";
import { pause } from "../async/pause.ts";

const FIRST_BACKOFF_MS = 20;
const LONGEST_BACKOFF_MS = 1_000;
/**
 * Connections that may wait to be accepted. When the queue is full the system drops what comes,
 * and a client tries again only after a second; many systems allow no more than this.
 */
const BACKLOG = 4_096;

/** Where to listen or to connect. */
export interface Endpoint {
  /** A name or an address; IPv6 without brackets. */
  readonly hostname: string;
  /** 0 to 65535; 0 only for listening, where it means any free one. */
  readonly port: number;
}

/** `host:port`, with an IPv6 address in brackets. */
export function formatEndpoint({ hostname, port }: Endpoint): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/**
 * Opens a listening socket.
 *
 * @throws {ConnectionError} `in-use`, or `unusable` for an address or a port that cannot be had
 */
export function listenTcp({ hostname, port }: Endpoint): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port, tcpBacklog: BACKLOG });
  } catch (cause) {
    const code = cause instanceof Deno.errors.AddrInUse ? "in-use" : "unusable";
    const reason = messageOf(cause);
    const where = formatEndpoint({ hostname, port });
    throw new ConnectionError(code, `Cannot listen on ${where}: ${reason}`, { cause, where });
  }
}

/**
 * Hands every new connection to `onConnection` until the listener is closed.
 *
 * Errors, running out of descriptors among them, are reported and waited out with a growing
 * pause: a listener that stops for them would never come back. A peer that is gone already is none.
 */
export async function acceptConnections<S>(
  listener: { accept(): Promise<S> },
  onConnection: (conn: S) => void,
  onError: (error: unknown) => void,
): Promise<void> {
  let backoffMs = FIRST_BACKOFF_MS;
  for (;;) {
    try {
      onConnection(await listener.accept());
      backoffMs = FIRST_BACKOFF_MS;
    } catch (error) {
      if (isClosed(error)) return;
      if (hasLeft(error)) continue;
      if (backoffMs === FIRST_BACKOFF_MS) onError(error);
      await pause(backoffMs);
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    }
  }
}

/**
 * Connects within `timeoutMs`.
 *
 * @throws {ConnectionError} `refused`, `timeout` or `unreachable`; an abort's own reason
 */
export async function connectTcp(
  { hostname, port }: Endpoint,
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<Deno.TcpConn> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), options.timeoutMs);
  const signals = options.signal ? [options.signal, timeout.signal] : [timeout.signal];
  try {
    const conn = await Deno.connect({ hostname, port, signal: AbortSignal.any(signals) });
    if (!options.signal?.aborted) return conn;
    closeSocket(conn);
    throw options.signal.reason;
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw connectError(
      formatEndpoint({ hostname, port }),
      cause,
      timeout.signal.aborted,
      options.timeoutMs,
    );
  } finally {
    clearTimeout(timer);
  }
}

function connectError(
  where: string,
  cause: unknown,
  timedOut: boolean,
  timeoutMs: number,
): ConnectionError {
  const prefix = `Cannot connect to ${where}:`;
  const options = { cause, where };
  if (timedOut) {
    const seconds = timeoutMs / 1000;
    return new ConnectionError("timeout", `${prefix} no answer within ${seconds} s`, options);
  }
  if (cause instanceof Deno.errors.ConnectionRefused) {
    return new ConnectionError("refused", `${prefix} nothing listens there`, options);
  }
  const reason = messageOf(cause);
  return new ConnectionError("unreachable", `${prefix} ${reason}`, options);
}

/** Whether a peer was gone before it was its turn: that is its own affair. */
function hasLeft(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.ConnectionReset;
}

function isClosed(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
}
