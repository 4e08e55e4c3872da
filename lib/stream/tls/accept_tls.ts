import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { Socket } from "../socket.ts";
import { parseCertificate, serverEndPointOf, type TlsCredentials } from "./certificate.ts";
import { TlsTransport } from "./transport.ts";

/**
 * Bytes passed to the runtime's TLS at a time, which it encrypts at a time: a caller of `write`
 * sees the progress of a slow peer.
 */
const WRITE_BYTES = 48 * 1024;

/**
 * Performs the server's side of a handshake with the runtime's TLS over a stream. Takes ownership
 * of the socket; closing it cancels the handshake.
 *
 * @param first the bytes that were read from the socket already
 * @throws the error of the handshake; the socket closes after the alert is sent
 */
export async function acceptTls(
  socket: Socket,
  first: Uint8Array,
  credentials: TlsCredentials,
): Promise<Socket> {
  const accepted = new TlsServerSocket(socket, first, contextOf(credentials));
  await accepted.handshake();
  return accepted;
}

/** What all connections with the same credentials share. */
interface TlsContext {
  readonly secureContext: SecureContext;
  readonly serverEndPoint: Uint8Array | null;
}

const contexts = new WeakMap<TlsCredentials, TlsContext>();

function contextOf(credentials: TlsCredentials): TlsContext {
  const existing = contexts.get(credentials);
  if (existing !== undefined) return existing;
  const { certificate, key } = credentials;
  const parsed = parseCertificate(certificate);
  const context = {
    secureContext: createSecureContext({ cert: certificate, key, minVersion: "TLSv1.2" }),
    serverEndPoint: parsed === null ? null : serverEndPointOf(parsed),
  };
  contexts.set(credentials, context);
  return context;
}

/**
 * The server's side of a TLS connection as a {@link Socket}.
 *
 * It reads at most one piece of input ahead of the caller.
 */
class TlsServerSocket implements Socket {
  readonly #transport: TlsTransport;
  readonly #tls: TLSSocket;
  readonly remoteAddr: Deno.Addr;
  readonly serverEndPoint: Uint8Array | null | undefined;
  #received: Uint8Array[] = [];
  #hasEnded = false;
  #isClosed = false;
  #failure: { error: unknown } | null = null;
  /**
   * A promise that any number of reads wait on: draining a connection may overlap with a pending
   * `read`.
   */
  #arrival = Promise.withResolvers<void>();
  readonly #writers = new Set<(error: unknown) => void>();

  /** Use {@link acceptTls}. */
  constructor(socket: Socket, first: Uint8Array, { secureContext, serverEndPoint }: TlsContext) {
    this.remoteAddr = socket.remoteAddr;
    this.serverEndPoint = serverEndPoint;
    this.#transport = new TlsTransport(socket, first);
    this.#tls = new TLSSocket(this.#transport, { isServer: true, secureContext });
    this.#tls.on("data", (bytes: Uint8Array) => {
      this.#received.push(bytes);
      this.#transport.hold();
      this.#onArrival();
    });
    this.#tls.once("end", () => this.#end());
    for (const stream of [this.#tls, this.#transport]) {
      stream.once("close", () => this.#onClose());
      stream.on("error", (error: Error) => this.#fail(error));
    }
  }

  /** Performs the handshake, once. */
  async handshake(): Promise<void> {
    try {
      await this.#handshakeDone();
      this.#transport.markSecured();
    } catch (error) {
      this.#tls.destroy();
      this.#transport.destroy();
      throw error;
    }
  }

  /** Fills part of `into`; resolves to the number of bytes read, or `null` at the end. */
  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const count = this.#copyOut(into);
      if (count > 0) return count;
      if (this.#failure !== null) throw this.#failure.error;
      if (this.#hasEnded) return null;
      this.#transport.release();
      await this.#arrival.promise;
    }
  }

  /** Writes some of `bytes`; resolves to their number once they are handed to the system. */
  write(bytes: Uint8Array): Promise<number> {
    if (this.#isClosed) return Promise.reject(this.#closedError());
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const piece = bytes.length > WRITE_BYTES ? bytes.subarray(0, WRITE_BYTES) : bytes;
    this.#writers.add(reject);
    this.#tls.write(piece, (error) => {
      this.#writers.delete(reject);
      if (error) reject(error);
      else resolve(piece.length);
    });
    return promise;
  }

  /** Sends close_notify and ends the sending side. */
  async closeWrite(): Promise<void> {
    if (this.#isClosed) throw this.#closedError();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#writers.add(reject);
    this.#tls.end(() => resolve());
    await promise;
    this.#writers.delete(reject);
    await this.#transport.shutDown();
  }

  /** Closes at once; pending reads and writes reject. Repeated calls do nothing. */
  close(): void {
    this.#fail(new Deno.errors.Interrupted("The connection is closed"));
    this.#transport.abort();
    this.#tls.destroy();
  }

  #handshakeDone(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onEnd = () => reject(new Deno.errors.UnexpectedEof("The peer left in the handshake"));
    this.#tls.once("secure", resolve);
    this.#tls.once("error", reject);
    this.#tls.once("close", onEnd);
    this.#transport.once("end", onEnd);
    return promise;
  }

  #copyOut(into: Uint8Array): number {
    let length = 0;
    for (let first = this.#received[0]; first && length < into.length; first = this.#received[0]) {
      const piece = first.subarray(0, into.length - length);
      into.set(piece, length);
      length += piece.length;
      if (piece.length === first.length) this.#received.shift();
      else this.#received[0] = first.subarray(piece.length);
    }
    return length;
  }

  #end(): void {
    this.#hasEnded = true;
    this.#onArrival();
  }

  #onArrival(): void {
    const { resolve } = this.#arrival;
    this.#arrival = Promise.withResolvers<void>();
    resolve();
  }

  #onClose(): void {
    this.#isClosed = true;
    for (const reject of this.#writers) reject(this.#closedError());
    this.#writers.clear();
    this.#end();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#onClose();
  }

  #closedError(): unknown {
    return this.#failure?.error ?? new Deno.errors.BrokenPipe("The peer closed the connection");
  }
}
