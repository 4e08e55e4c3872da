import { ConnectionError } from "../protocol/errors.ts";
import { byteStream } from "./frames/byte_stream.ts";
import { FrameReader, type FrameReaderLimits } from "./frames/frame_reader.ts";
import { FrameWriter } from "./frames/frame_writer.ts";

/** How long a peer may go on sending after it was told that we close. */
const LINGER_MS = 1_000;
/** How much of what it sends then is thrown away. */
const LINGER_BYTES = 4 * 1024 * 1024;

/** What of a connection is used: a TCP socket has it, and TLS over one. */
export type Socket = Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close" | "remoteAddr">;

/** Limits of one connection that its owner may override. */
export interface ConnectionLimits extends Partial<FrameReaderLimits> {
  /** Control and log bytes that may wait for the peer. */
  readonly outboundBytes?: number;
}

/**
 * A connection, with TLS or without, that reads and writes frames.
 *
 * It owns the socket: when either direction fails, or the queue overflows, it closes, once, and
 * `onClose` learns the reason. Every wait on it ends then.
 */
export class FramedConnection {
  readonly reader: FrameReader;
  readonly writer: FrameWriter;
  readonly #conn: Socket;
  #closed: { reason: unknown } | null = null;

  /**
   * Takes the connection over.
   *
   * @param onClose called once, with an Error, `"slow-consumer"`, or what `close` was given
   */
  constructor(
    conn: Socket,
    readonly onClose: (reason: unknown) => void = () => {},
    limits: ConnectionLimits = {},
  ) {
    this.#conn = conn;
    setUpSocket(conn);
    this.reader = new FrameReader(byteStream(conn), limits);
    this.writer = new FrameWriter(conn, {
      onOverflow: () => this.close("slow-consumer"),
      onError: (error) => this.close(error),
    }, limits.outboundBytes);
  }

  /** Whether it is closed, for whatever reason. */
  get isClosed(): boolean {
    return this.#closed !== null;
  }

  /** The address of the peer, IPv4 addresses as such even on a socket for both versions. */
  get remoteAddress(): string {
    return formatAddress(this.#conn.remoteAddr);
  }

  /** Closes at once, dropping what waits. Repeated calls do nothing. */
  close(reason: unknown): void {
    if (this.#closed !== null) return;
    this.#closed = { reason };
    this.writer.abort(new ConnectionError("lost", "The connection is closed", { cause: reason }));
    closeSocket(this.#conn);
    this.reader.cancel();
    this.onClose(reason);
  }

  /**
   * Closes so that the peer gets everything that was queued: flushes, ends the sending side, and
   * reads on for a moment, since closing on unread bytes makes the system discard what was sent.
   */
  async closeGracefully(reason: unknown): Promise<void> {
    await this.writer.flushed();
    if (this.#closed !== null) return;
    await shutDownAndDrain(this.#conn);
    this.close(reason);
  }
}

/**
 * Ends the sending side and throws away what still comes in, for at most a second, so that the
 * peer reads what it was sent last. Does not close.
 */
export async function shutDownAndDrain(conn: Socket): Promise<void> {
  const timer = setTimeout(() => closeSocket(conn), LINGER_MS);
  try {
    await conn.closeWrite();
    const sink = new Uint8Array(16 * 1024);
    for (let drained = 0; drained < LINGER_BYTES;) {
      const count = await conn.read(sink);
      if (count === null) break;
      drained += count;
    }
  } catch {
    // The peer is gone, or the time is up: there is nobody left to be polite to
  } finally {
    clearTimeout(timer);
  }
}

/** Closes a socket that may be closed already. */
export function closeSocket(conn: { close(): void }): void {
  try {
    conn.close();
  } catch {
    // Closed before
  }
}

/** Small frames leave at once, and a peer whose machine died is noticed some day. */
function setUpSocket(conn: Socket): void {
  try {
    (conn as Partial<Deno.TcpConn>).setNoDelay?.(true);
    (conn as Partial<Deno.TcpConn>).setKeepAlive?.(true);
  } catch {
    // The peer was faster: the first read will tell
  }
}

/** The host part of an address; IPv4 in IPv6 notation becomes IPv4. */
export function formatAddress(address: Deno.Addr): string {
  if (!("hostname" in address)) return address.transport;
  return address.hostname.replace(/^::ffff:(?=\d+\.)/i, "");
}
