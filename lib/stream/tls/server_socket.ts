import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { TlsCredentials } from "./certificate.ts";
import type { Socket } from "../socket.ts";
import { TlsTransport } from "./transport.ts";

/**
 * What is given to the runtime's TLS at a time, which is what it encrypts at a time: whoever writes
 * sees the progress of a slow peer.
 */
const WRITE_BYTES = 48 * 1024;

/**
 * Carries out the handshake of a server by the runtime's TLS over a stream. Takes the socket over;
 * its `close` gives the handshake up.
 *
 * @param first what was read from the socket already
 * @throws whatever is wrong with the handshake; the socket closes when the peer has been told
 */
export async function acceptTls(
  socket: Socket,
  first: Uint8Array,
  credentials: TlsCredentials,
): Promise<Socket> {
  const accepted = new TlsServerSocket(socket, first, contextOf(credentials));
  await accepted.shakeHands();
  return accepted;
}

const contexts = new WeakMap<TlsCredentials, SecureContext>();

/** One for all connections with the same credentials. */
function contextOf(credentials: TlsCredentials): SecureContext {
  const known = contexts.get(credentials);
  if (known !== undefined) return known;
  const { certificate, key } = credentials;
  const context = createSecureContext({ cert: certificate, key, minVersion: "TLSv1.2" });
  contexts.set(credentials, context);
  return context;
}

/**
 * The server's end of a TLS connection, to be used like a TCP socket.
 *
 * It does not read ahead of its caller by more than one piece of what the socket holds.
 */
class TlsServerSocket implements Socket {
  readonly #transport: TlsTransport;
  readonly #tls: TLSSocket;
  readonly remoteAddr: Deno.Addr;
  #received: Uint8Array[] = [];
  #hasEnded = false;
  #isClosed = false;
  #failure: { error: unknown } | null = null;
  /** Resolves for all who read: whoever drains a connection may come on top of who reads it. */
  #arrival = Promise.withResolvers<void>();
  readonly #writers = new Set<(error: unknown) => void>();

  /** Use {@link acceptTls}. */
  constructor(socket: Socket, first: Uint8Array, secureContext: SecureContext) {
    this.remoteAddr = socket.remoteAddr;
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

  /** Carries out the handshake, once. */
  async shakeHands(): Promise<void> {
    try {
      await this.#secured();
      this.#transport.secured();
    } catch (error) {
      this.#tls.destroy();
      this.#transport.destroy();
      throw error;
    }
  }

  /** Fills part of `into`; resolves to the bytes read, or `null` at the end. */
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

  /** Writes some of `bytes`; resolves to how many, once they are handed to the system. */
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

  /** Says farewell and ends the sending side. */
  async closeWrite(): Promise<void> {
    if (this.#isClosed) throw this.#closedError();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#writers.add(reject);
    this.#tls.end(() => resolve());
    await promise;
    this.#writers.delete(reject);
    await this.#transport.shutDown();
  }

  /** Closes at once, also when it is closed already; what is under way rejects. */
  close(): void {
    this.#fail(new Deno.errors.Interrupted("The connection is closed"));
    this.#transport.abort();
    this.#tls.destroy();
  }

  #secured(): Promise<void> {
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
