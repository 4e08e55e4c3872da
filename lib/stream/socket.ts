import { canonicalAddress } from "./ip_address.ts";

/** How long a peer may go on sending after it was told that this side closes. */
const LINGER_MS = 1_000;
/** How much of what it sends then is thrown away. */
const LINGER_BYTES = 4 * 1024 * 1024;

/**
 * A connection as frames need it: a stream of bytes in each direction. A TCP connection is one, and so
 * is TLS over one. What an implementation must do is tested by `tests/stream/socket_contract.ts`.
 *
 * - `read` fills a part of the buffer; it resolves to `null` when the peer has ended its direction.
 * - `write` takes a part of the bytes; it waits while the peer does not read.
 * - `closeWrite` ends this direction after what was written; the other one stays open.
 * - `close` ends both at once; every read and write under way rejects.
 */
export type Socket = Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close" | "remoteAddr">;

/** Small writes leave at once, and a peer whose machine died is noticed some day. */
export function setUpSocket(socket: Socket): void {
  try {
    (socket as Partial<Deno.TcpConn>).setNoDelay?.(true);
    (socket as Partial<Deno.TcpConn>).setKeepAlive?.(true);
  } catch {
    // The peer has left already: the first read will tell
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
 * Ends the sending side and throws away what still comes in, for at most a second, so that the
 * peer reads what it was sent last. Does not close.
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

/** The host part of an address in its one form; IPv4 in IPv6 notation becomes IPv4. */
export function formatAddress(address: Deno.Addr): string {
  if (!("hostname" in address)) return address.transport;
  return canonicalAddress(address.hostname) ?? address.hostname;
}
