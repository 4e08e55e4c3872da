import { LIMITS } from "../../protocol/limits.ts";
import { Latch } from "../../async/latch.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Listener } from "../listener.ts";
import { closeSocket, setUpSocket, shutDownAndDrain, type Socket } from "../socket.ts";
import { listenTcp } from "../tcp.ts";
import type { TlsCredentials } from "./certificate.ts";
import { acceptTls } from "./server_socket.ts";

/** The first byte of every TLS connection (RFC 8446, section 5.1), and of no frame. */
const HANDSHAKE_RECORD = 0x16;
const FIRST_READ_BYTES = 1024;

/** Options of a {@link TlsListener}. */
export interface TlsListenerOptions {
  /** Sent to a peer that does not speak TLS, before its connection is closed. */
  readonly plaintextAnswer: Uint8Array;
  /** Called for each connection that is refused, with the reason. Default: none is reported. */
  readonly onRefused?: (address: Deno.Addr, error: unknown) => void;
  /** How long a handshake may take. Default 10 s. */
  readonly handshakeMs?: number;
  /** Handshakes at once; one more ends the oldest. Default 512. */
  readonly handshakes?: number;
}

/** Why a connection has no handshake. */
export class NoHandshakeError extends Error {
  /** Tells the class apart where `instanceof` cannot. */
  override readonly name = "NoHandshakeError";

  /** `plaintext` is a peer that speaks something else, `slow` one that takes too long. */
  constructor(readonly code: "plaintext" | "slow") {
    super(code === "slow" ? "The TLS handshake took too long" : "The peer does not speak TLS");
  }
}

/**
 * Opens a listening socket for TLS 1.2 and 1.3.
 *
 * @throws {ConnectionError} `in-use`, or `unusable` for an address or a port that cannot be had
 */
export function listenTls(
  endpoint: Endpoint,
  credentials: TlsCredentials,
  options: TlsListenerOptions,
): TlsListener {
  return new TlsListener(listenTcp(endpoint), credentials, options);
}

type Arrival = { readonly socket: Socket | null } | { readonly error: unknown };

/**
 * Accepts connections whose TLS handshake is done, in the order in which they are. Handshakes go on
 * side by side, so that one that is slow or fails delays no other. A peer that does not speak TLS is
 * told so.
 */
export class TlsListener implements Listener {
  readonly #listener: Listener;
  readonly #options: Required<TlsListenerOptions>;
  #credentials: TlsCredentials;
  readonly #handshakes = new Set<Socket>();
  readonly #arrivals: Arrival[] = [];
  readonly #arrived = new Latch();
  readonly #wanted = new Latch();
  #isRunning = false;
  #isClosed = false;

  /** Use {@link listenTls}. Takes the listener over. */
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

  /** @inheritdoc */
  get address(): Endpoint {
    return this.#listener.address;
  }

  /** Presents these to all who connect from now on. Open connections stay. */
  renew(credentials: TlsCredentials): void {
    this.#credentials = credentials;
  }

  /** @inheritdoc */
  async accept(): Promise<Socket | null> {
    this.#wanted.open();
    if (this.#isClosed) return null;
    if (!this.#isRunning) this.#run();
    while (this.#arrivals.length === 0) await this.#arrived.wait();
    const arrival = this.#arrivals.shift();
    if (arrival !== undefined && "socket" in arrival) return arrival.socket;
    throw arrival?.error;
  }

  /** Stops listening and gives up the handshakes under way. */
  close(): void {
    this.#isClosed = true;
    this.#listener.close();
    for (const socket of this.#handshakes) closeSocket(socket);
    for (const arrival of this.#arrivals.splice(0)) {
      if ("socket" in arrival) arrival.socket?.close();
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
        const wanted = this.#wanted.wait();
        this.#arrive({ error });
        if (!this.#isClosed) await wanted;
      }
    }
    this.#isRunning = false;
    this.#arrive({ socket: null });
  }

  #arrive(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    this.#arrived.open();
  }

  #begin(socket: Socket): void {
    const [oldest] = this.#handshakes;
    if (this.#handshakes.size >= this.#options.handshakes && oldest) closeSocket(oldest);
    this.#handshakes.add(socket);
    this.#shakeHands(socket).catch((error) => {
      if (!this.#isClosed) this.#options.onRefused(socket.remoteAddr, error);
    }).finally(() => this.#handshakes.delete(socket));
  }

  /** Turns a plain connection into one with TLS, or throws why that is not possible. */
  async #shakeHands(plain: Socket): Promise<void> {
    let isLate = false;
    let first: Uint8Array | null = null;
    const timer = setTimeout(() => {
      isLate = true;
      if (first !== null) closeSocket(plain);
      else this.#refusePlaintext(plain);
    }, this.#options.handshakeMs);
    try {
      first = await firstBytes(plain);
      if (first[0] !== HANDSHAKE_RECORD) {
        await this.#refusePlaintext(plain);
        throw new NoHandshakeError("plaintext");
      }
      const socket = await acceptTls(plain, first, this.#credentials);
      if (this.#isClosed) return socket.close();
      this.#arrive({ socket });
    } catch (error) {
      throw isLate ? new NoHandshakeError("slow") : error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #refusePlaintext(socket: Socket): Promise<void> {
    try {
      await socket.write(this.#options.plaintextAnswer);
      await shutDownAndDrain(socket);
    } catch {
      // The peer has left before it could be told
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
