/** How long a peer may go on sending after this side has shut down. */
const LINGER_MS = 1_000;
/** How many of its bytes are then read and discarded. */
const LINGER_BYTES = 4 * 1024 * 1024;

/**
 * A connection as frames need it: a stream of bytes in each direction, over TCP or TLS.
 * Implementations are tested by `tests/stream/socket_contract.ts`.
 *
 * - `read` fills part of the buffer; it resolves to `null` once the peer has ended its direction.
 * - `write` writes part of the bytes; it waits while the peer does not read.
 * - `closeWrite` ends this direction after the bytes written so far; the other stays open.
 * - `close` ends both directions at once; every pending read and write rejects.
 */
export type Socket =
  & Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close" | "remoteAddr">
  & {
    /**
     * The `tls-server-end-point` of the connection (RFC 5929, section 4), which a login can be bound to:
     * a hash of the server's certificate. `null` where the certificate has none; `undefined` without TLS,
     * and where the runtime does not show the certificate.
     */
    readonly serverEndPoint?: Uint8Array | null | undefined;
  };

/**
 * Disables Nagle's algorithm, so that small writes leave at once, and enables keep-alive, so that
 * the death of the peer's machine is noticed.
 */
export function setUpSocket(socket: Socket): void {
  try {
    (socket as Partial<Deno.TcpConn>).setNoDelay?.(true);
    (socket as Partial<Deno.TcpConn>).setKeepAlive?.(true);
  } catch {
    // The peer has left already: the first read reports it
  }
}

/** Closes a socket or a listener that may be closed already. */
export function closeSocket(socket: { close(): void }): void {
  try {
    socket.close();
  } catch {
    // Closed before
  }
}

/**
 * Ends the sending side and discards further input for at most a second, so that the peer gets the
 * last bytes sent to it. Does not close the socket.
 */
export async function shutDownAndDrain(socket: Socket): Promise<void> {
  const timer = setTimeout(() => closeSocket(socket), LINGER_MS);
  try {
    await socket.closeWrite();
    const sink = new Uint8Array(16 * 1024);
    for (let drained = 0; drained < LINGER_BYTES;) {
      const count = await socket.read(sink);
      if (count === null) break;
      drained += count;
    }
  } catch {
    // The peer is gone, or the time is up: there is nobody left to be polite to
  } finally {
    clearTimeout(timer);
  }
}

/** Writes all of the bytes. */
export async function writeAll(socket: Pick<Socket, "write">, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}
