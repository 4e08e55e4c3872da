import { onAbort } from "../../async/on_abort.ts";
import { ConnectionError } from "../../protocol/errors.ts";
import type { Socket } from "../../stream/socket.ts";
import { nextTurn } from "./next_turn.ts";

/** The name of protocol 2 in the handshake of a WebSocket. */
export const SUBPROTOCOL = "tcp-chat.2";
/** Bytes that the browser may hold back; more would only fill its memory. */
const BUFFERED_BYTES = 4 * 1024 * 1024;
/** How often the browser is asked how much it holds back. */
const BUFFERED_CHECK_MS = 1;
/** Writes of this size give the browser a turn: some count what they hold back only then. */
const LARGE_WRITE_BYTES = 64 * 1024;

/** What a {@link BrowserSocket} uses of a WebSocket. */
export type MessageSocket = Pick<
  WebSocket,
  "send" | "close" | "bufferedAmount" | "onmessage" | "onclose" | "readyState"
>;

/** A socket that is about to open. */
export type OpeningSocket = MessageSocket & Pick<WebSocket, "binaryType" | "onopen">;

/** How a socket is opened. */
export interface BrowserSocketOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Begins to open it. Default: in this thread. */
  readonly begin?: ((url: string) => OpeningSocket) | undefined;
}

/**
 * A stream of bytes over a WebSocket, whose messages have no meaning.
 *
 * Browsers receive without back-pressure: what was not read waits in memory. The caller must not ask
 * the server for more than that.
 */
export class BrowserSocket implements Socket {
  /** A page does not know addresses. */
  readonly remoteAddr = { transport: "tcp", hostname: "", port: 0 } as const;
  readonly #socket: MessageSocket;
  readonly #received: Uint8Array[] = [];
  #isEnded = false;
  #isClosed = false;
  /** Wakes a pending read. */
  #wake: () => void = () => {};

  /** Owns the socket, which is open, and whose `binaryType` is `arraybuffer`. */
  constructor(socket: MessageSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      this.#received.push(new Uint8Array(data as ArrayBuffer));
      this.#wake();
    };
    socket.onclose = () => {
      this.#isEnded = true;
      this.#wake();
    };
    this.#isEnded = socket.readyState > 1;
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#isClosed) throw closed();
      const [first] = this.#received;
      if (first !== undefined) return this.#take(first, into);
      if (this.#isEnded) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (this.#socket.bufferedAmount > BUFFERED_BYTES && !this.#isOver) {
      await new Promise((resolve) => setTimeout(resolve, BUFFERED_CHECK_MS));
    }
    if (this.#isOver) throw closed();
    this.#socket.send(bytes as Uint8Array<ArrayBuffer>);
    if (bytes.length >= LARGE_WRITE_BYTES) await nextTurn();
    return bytes.length;
  }

  /** A WebSocket has no half: the server closes after QUIT. */
  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#isClosed = true;
    this.#received.length = 0;
    this.#socket.close();
    this.#wake();
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#isEnded;
  }

  /** Moves received bytes into a buffer. @returns their number */
  #take(first: Uint8Array, into: Uint8Array): number {
    const part = first.subarray(0, into.length);
    into.set(part);
    if (part.length === first.length) this.#received.shift();
    else this.#received[0] = first.subarray(part.length);
    return part.length;
  }
}

/**
 * Opens the WebSocket of a server.
 *
 * @throws {ConnectionError} `unreachable`: browsers do not tell why; `timeout`; the reason of the signal
 */
export async function openBrowserSocket(
  url: string,
  { timeoutMs, signal, begin = (url) => new WebSocket(url, SUBPROTOCOL) }: BrowserSocketOptions,
): Promise<BrowserSocket> {
  const socket = begin(url);
  socket.binaryType = "arraybuffer";
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.onopen = () => resolve();
  socket.onclose = () => reject(new ConnectionError("unreachable", "The server does not answer"));
  const late = () => reject(new ConnectionError("timeout", "The server does not answer in time"));
  const timer = setTimeout(late, timeoutMs);
  const abortion = onAbort(signal, () => reject(signal?.reason));
  try {
    await promise;
    return new BrowserSocket(socket);
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    clearTimeout(timer);
    abortion[Symbol.dispose]();
  }
}

function closed(): ConnectionError {
  return new ConnectionError("lost", "The connection is closed");
}
