import { Condition } from "../../async/condition.ts";
import { looksLikeHttp } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Listener } from "../listener.ts";
import { closeSocket, setUpSocket, shutDownAndDrain, type Socket, writeAll } from "../socket.ts";
import { listenTcp } from "../tcp.ts";
import type { TlsCredentials } from "./certificate.ts";
import { acceptTls } from "./accept_tls.ts";

/** The first byte of every TLS connection (RFC 8446, section 5.1), and of no frame. */
const HANDSHAKE_RECORD = 0x16;
const FIRST_READ_BYTES = 1024;

/** Options of a {@link TlsListener}. */
export interface TlsListenerOptions {
  /**
   * Makes what is sent to a peer that does not speak TLS, before its connection is closed.
   *
   * @param first the first bytes of the peer; none if it is silent
   */
  readonly plaintextAnswer: (first: Uint8Array) => Uint8Array;
  /** Called with the reason for each refused connection. Default: not reported. */
  readonly onRefused?: (address: Deno.Addr, error: unknown) => void;
  /** The time limit of a handshake. Default 10 s. */
  readonly handshakeMs?: number;
  /** Handshakes at a time; a further one closes the oldest. Default 512. */
  readonly handshakes?: number;
}

/** The error for a connection that does not complete a TLS handshake. */
export class NoHandshakeError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "NoHandshakeError";

  /**
   * @param code `http`: the peer speaks plain HTTP; `plaintext`: it does not speak TLS either; `slow`:
   * the handshake takes too long
   */
  constructor(readonly code: "http" | "plaintext" | "slow") {
    super(code === "slow" ? "The TLS handshake took too long" : "The peer does not speak TLS");
  }
}

/**
 * Opens a listening socket for TLS 1.2 and 1.3.
 *
 * @throws {ConnectionError} `in-use`; `unusable` for an address or port that cannot be used
 */
export function listenTls(
  endpoint: Endpoint,
  credentials: TlsCredentials,
  options: TlsListenerOptions,
): TlsListener {
  return new TlsListener(listenTcp(endpoint), credentials, options);
}

type AcceptResult = { readonly socket: Socket | null } | { readonly error: unknown };

/**
 * Accepts connections whose TLS handshake is done, in the order of completion. Handshakes run
 * concurrently, so a slow or failing one delays no other. A peer that does not speak TLS gets
 * `plaintextAnswer`.
 */
export class TlsListener implements Listener {
  readonly #listener: Listener;
  readonly #options: Required<TlsListenerOptions>;
  #credentials: TlsCredentials;
  readonly #handshakes = new Set<Socket>();
  readonly #results: AcceptResult[] = [];
  readonly #resultReady = new Condition();
  readonly #acceptCalled = new Condition();
  #isRunning = false;
  #isClosed = false;

  /** Use {@link listenTls}. Takes ownership of the listener. */
  constructor(listener: Listener, credentials: TlsCredentials, options: TlsListenerOptions) {
    this.#listener = listener;
    this.#credentials = credentials;
    this.#options = {
      onRefused: () => {},
      handshakeMs: LIMITS.tlsHandshakeMs,
      handshakes: LIMITS.tlsHandshakes,
      ...options,
    };
  }

  get address(): Endpoint {
    return this.#listener.address;
  }

  /** Presents new credentials to later connections. Open connections stay. */
  renew(credentials: TlsCredentials): void {
    this.#credentials = credentials;
  }

  async accept(): Promise<Socket | null> {
    this.#acceptCalled.notifyAll();
    if (this.#isClosed) return null;
    if (!this.#isRunning) this.#run();
    while (this.#results.length === 0) await this.#resultReady.wait();
    const result = this.#results.shift();
    if (result !== undefined && "socket" in result) return result.socket;
    throw result?.error;
  }

  /** Stops listening and cancels the handshakes under way. */
  close(): void {
    this.#isClosed = true;
    this.#listener.close();
    for (const socket of this.#handshakes) closeSocket(socket);
    for (const result of this.#results.splice(0)) {
      if ("socket" in result) result.socket?.close();
    }
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (!this.#isClosed) {
      try {
        const socket = await this.#listener.accept();
        if (socket === null) break;
        this.#begin(socket);
      } catch (error) {
        const acceptCalled = this.#acceptCalled.wait();
        this.#deliver({ error });
        if (!this.#isClosed) await acceptCalled;
      }
    }
    this.#isRunning = false;
    this.#deliver({ socket: null });
  }

  #deliver(result: AcceptResult): void {
    this.#results.push(result);
    this.#resultReady.notifyAll();
  }

  #begin(socket: Socket): void {
    const [oldest] = this.#handshakes;
    if (this.#handshakes.size >= this.#options.handshakes && oldest) closeSocket(oldest);
    this.#handshakes.add(socket);
    this.#handshake(socket).catch((error) => {
      if (!this.#isClosed) this.#options.onRefused(socket.remoteAddr, error);
    }).finally(() => this.#handshakes.delete(socket));
  }

  /** Turns a plain connection into a TLS connection, or throws the reason for refusing it. */
  async #handshake(plain: Socket): Promise<void> {
    let isLate = false;
    let first: Uint8Array | null = null;
    const timer = setTimeout(() => {
      isLate = true;
      if (first !== null) closeSocket(plain);
      else this.#refusePlaintext(plain, new Uint8Array());
    }, this.#options.handshakeMs);
    try {
      first = await firstBytes(plain);
      if (first[0] !== HANDSHAKE_RECORD) {
        await this.#refusePlaintext(plain, first);
        throw new NoHandshakeError(looksLikeHttp(first, 0) ? "http" : "plaintext");
      }
      const socket = await acceptTls(plain, first, this.#credentials);
      if (this.#isClosed) return socket.close();
      this.#deliver({ socket });
    } catch (error) {
      throw isLate ? new NoHandshakeError("slow") : error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #refusePlaintext(socket: Socket, first: Uint8Array): Promise<void> {
    try {
      await writeAll(socket, this.#options.plaintextAnswer(first));
      await shutDownAndDrain(socket);
    } catch {
      // The peer left before it got the answer
    }
    closeSocket(socket);
  }
}

async function firstBytes(socket: Socket): Promise<Uint8Array> {
  try {
    setUpSocket(socket);
    const buffer = new Uint8Array(FIRST_READ_BYTES);
    const count = await socket.read(buffer);
    if (count !== null) return buffer.subarray(0, count);
    throw new Deno.errors.UnexpectedEof("The peer left before the handshake");
  } catch (error) {
    closeSocket(socket);
    throw error;
  }
}
