import { LIMITS } from "../../protocol/limits.ts";
import type { TlsCredentials } from "./certificate.ts";
import { closeSocket, shutDownAndDrain, type Socket } from "../framed_connection.ts";
import { type Endpoint, listenTcp } from "../tcp.ts";
import { acceptOverLoopback } from "./loopback.ts";
import { acceptOverStream } from "./server_socket.ts";

/** The first byte of every TLS connection (RFC 8446, section 5.1), and of no frame. */
const HANDSHAKE_RECORD = 0x16;
const FIRST_READ_BYTES = 1024;

/**
 * Carries out the handshake of a server.
 *
 * @param first what was read from the socket already
 */
export type AcceptTls = (
  socket: Socket,
  first: Uint8Array,
  credentials: TlsCredentials,
) => Promise<Socket>;

/** How a {@link TlsListener} treats those who do not get through. */
export interface TlsListenerOptions {
  /** Sent to a peer that does not speak TLS, before its connection is closed. */
  readonly plaintextAnswer: Uint8Array;
  /** Told of each connection that comes to nothing, and why. Default: nobody is told. */
  readonly onRefused?: (address: Deno.Addr, error: unknown) => void;
  /** How long a handshake may take. Default 10 s. */
  readonly handshakeMs?: number;
  /** Handshakes at once; one more ends the oldest. Default 512. */
  readonly handshakes?: number;
  /** Default: the better one of those that the runtime can do. */
  readonly acceptTls?: AcceptTls;
}

/** Why a connection came to nothing that was no fault of its handshake. */
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

/**
 * Accepts connections whose TLS handshake is done, in the order in which they are. Handshakes go on
 * side by side, so that one that is slow or fails holds up nobody; so does a peer that does not
 * speak TLS, which is told so. To be used like a `Deno.Listener`.
 */
export class TlsListener {
  readonly #listener: Deno.TcpListener;
  readonly #options: Required<TlsListenerOptions>;
  #credentials: TlsCredentials;
  readonly #handshakes = new Set<Deno.TcpConn>();
  #arrived: Array<{ socket: Socket } | { error: unknown }> = [];
  #onArrival: () => void = () => {};
  #onDemand: () => void = () => {};
  #isRunning = false;
  #isClosed = false;

  /** Use {@link listenTls}. Takes the listener over. */
  constructor(
    listener: Deno.TcpListener,
    credentials: TlsCredentials,
    options: TlsListenerOptions,
  ) {
    this.#listener = listener;
    this.#credentials = credentials;
    this.#options = {
      acceptTls: canServeStreams(Deno.version.deno) ? acceptOverStream : acceptOverLoopback,
      onRefused: () => {},
      handshakeMs: LIMITS.tlsHandshakeMs,
      handshakes: LIMITS.tlsHandshakes,
      ...options,
    };
  }

  /** Where it listens. */
  get addr(): Deno.NetAddr {
    return this.#listener.addr;
  }

  /** Shows these to all who connect from now on. Connections that there are stay. */
  renew(credentials: TlsCredentials): void {
    this.#credentials = credentials;
  }

  /**
   * The next connection. One caller at a time.
   *
   * @throws what accepting from the system throws; the next call tries again
   */
  async accept(): Promise<Socket> {
    this.#onDemand();
    if (!this.#isRunning) this.#run();
    while (this.#arrived.length === 0) {
      await new Promise<void>((resolve) => this.#onArrival = resolve);
    }
    const arrived = this.#arrived.shift();
    if (arrived !== undefined && "socket" in arrived) return arrived.socket;
    throw arrived?.error;
  }

  /** Stops listening and gives up the handshakes under way. */
  close(): void {
    this.#isClosed = true;
    closeSocket(this.#listener);
    for (const conn of this.#handshakes) closeSocket(conn);
    for (const arrived of this.#arrived.splice(0)) {
      if ("socket" in arrived) arrived.socket.close();
    }
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (!this.#isClosed) {
      try {
        this.#begin(await this.#listener.accept());
      } catch (error) {
        const demand = new Promise<void>((resolve) => this.#onDemand = resolve);
        this.#arrive({ error });
        if (!this.#isClosed) await demand;
      }
    }
    this.#isRunning = false;
    this.#arrive({ error: closedError() });
  }

  #arrive(arrived: { socket: Socket } | { error: unknown }): void {
    this.#arrived.push(arrived);
    this.#onArrival();
  }

  #begin(conn: Deno.TcpConn): void {
    const [oldest] = this.#handshakes;
    if (this.#handshakes.size >= this.#options.handshakes && oldest) closeSocket(oldest);
    this.#handshakes.add(conn);
    this.#getThrough(conn).catch((error) => {
      if (!this.#isClosed) this.#options.onRefused(conn.remoteAddr, error);
    }).finally(() => this.#handshakes.delete(conn));
  }

  /** Makes a socket of a connection that arrives, or throws why that is not possible. */
  async #getThrough(conn: Deno.TcpConn): Promise<void> {
    let isLate = false;
    let first: Uint8Array | null = null;
    const timer = setTimeout(() => {
      isLate = true;
      if (first !== null) closeSocket(conn);
      else this.#tellPlaintext(conn);
    }, this.#options.handshakeMs);
    try {
      first = await firstBytes(conn);
      if (first[0] !== HANDSHAKE_RECORD) {
        await this.#tellPlaintext(conn);
        throw new NoHandshakeError("plaintext");
      }
      const socket = await this.#options.acceptTls(conn, first, this.#credentials);
      if (this.#isClosed) return socket.close();
      this.#arrive({ socket });
    } catch (error) {
      throw isLate ? new NoHandshakeError("slow") : error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #tellPlaintext(conn: Deno.TcpConn): Promise<void> {
    try {
      await conn.write(this.#options.plaintextAnswer);
      await shutDownAndDrain(conn);
    } catch {
      // Gone before it could be told
    }
    closeSocket(conn);
  }
}

async function firstBytes(conn: Deno.TcpConn): Promise<Uint8Array> {
  try {
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
    const buffer = new Uint8Array(FIRST_READ_BYTES);
    const count = await conn.read(buffer);
    if (count !== null) return buffer.subarray(0, count);
    throw new Deno.errors.UnexpectedEof("The peer left before the handshake");
  } catch (error) {
    closeSocket(conn);
    throw error;
  }
}

/** Whether the TLS of that Deno can be a server's over a stream. Older ones do not say a word. */
function canServeStreams(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 9);
}

function closedError(): Error {
  return new Deno.errors.BadResource("The listener is closed");
}
