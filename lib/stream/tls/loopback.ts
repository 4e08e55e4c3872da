import type { TlsCredentials } from "./certificate.ts";
import { closeSocket, type Socket } from "../framed_connection.ts";
import { TlsConnSocket } from "./conn_socket.ts";

const RELAY_BYTES = 64 * 1024;

/**
 * Carries out the handshake of a server by the runtime's own TLS listener, to which the bytes are
 * relayed through this machine's loopback. For runtimes before 2.9, whose TLS cannot be a server's
 * over a stream. It costs three descriptors a connection, and up to 44 ms between two small
 * frames, since Nagle's algorithm cannot be turned off there.
 *
 * Takes the socket over; its `close` gives the handshake up.
 *
 * @param first what was read from the socket already
 * @throws whatever is wrong with the handshake; the socket closes when the peer has been told
 */
export async function acceptOverLoopback(
  socket: Socket,
  first: Uint8Array,
  { certificate, key }: TlsCredentials,
): Promise<Socket> {
  const { inner, tls } = await connectInside(certificate, key);
  const relayed = Promise.all([
    relay(socket, inner, first),
    relay(inner, socket, new Uint8Array(0)),
  ]);
  const closed = relayed.catch(() => {}).finally(() => {
    closeSocket(inner);
    closeSocket(socket);
  });
  try {
    await tls.handshake();
  } catch (error) {
    tls.close(); // Ends what is relayed to the peer, the reason last
    await closed;
    throw error;
  }
  return new LoopbackSocket(socket, inner, tls);
}

/** Both ends of a connection to a listener that is there for it alone. */
async function connectInside(
  cert: string,
  key: string,
): Promise<{ inner: Deno.TcpConn; tls: Deno.TlsConn }> {
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const { hostname, port } = listener.addr as Deno.NetAddr;
  const [inner, tls] = await Promise.all([Deno.connect({ hostname, port }), listener.accept()]);
  if ((tls.remoteAddr as Deno.NetAddr).port === inner.localAddr.port) {
    inner.setNoDelay(true);
    return { inner, tls };
  }
  inner.close(); // Somebody else on this machine was faster
  tls.close();
  throw new Deno.errors.ConnectionAborted("Another process connected in between");
}

/** Hands on all that comes, and the end of it. */
async function relay(from: Socket, to: Socket, first: Uint8Array): Promise<void> {
  await writeAll(to, first);
  const buffer = new Uint8Array(RELAY_BYTES);
  for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
    await writeAll(to, buffer.subarray(0, count));
  }
  await to.closeWrite();
}

async function writeAll(to: Socket, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) offset += await to.write(bytes.subarray(offset));
}

/** The server's end of a TLS connection whose bytes are relayed. */
class LoopbackSocket extends TlsConnSocket {
  readonly #outer: Socket;
  readonly #inner: Deno.TcpConn;

  constructor(outer: Socket, inner: Deno.TcpConn, tls: Deno.TlsConn) {
    super(tls);
    this.#outer = outer;
    this.#inner = inner;
  }

  /** The address of the peer, not that of the relay. */
  override get remoteAddr(): Deno.Addr {
    return this.#outer.remoteAddr;
  }

  override close(): void {
    closeSocket(this.#outer);
    closeSocket(this.#inner);
    super.close();
  }
}
