import { ConnectionError, ProtocolError, RequestError } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import { cleanLine, utf8Length } from "../protocol/text.ts";
import type { Frame } from "../stream/frame_reader.ts";
import { FramedConnection } from "../stream/framed_connection.ts";
import { connectTcp, type Endpoint } from "../stream/tcp.ts";
import {
  type DownloadOptions,
  type DownloadResult,
  IncomingFile,
} from "../transfer/incoming_file.ts";
import { FileWorker } from "../worker/file_worker.ts";

/** How long connecting may take. */
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * How long a server may say nothing while it owes a file. Long, since original servers hash a
 * whole file between two frames.
 */
const SILENCE_TIMEOUT_MS = 120_000;
/** How long the server has to close after QUIT. */
const QUIT_TIMEOUT_MS = 5_000;
/** How much is received and given to the worker at a time: less costs a message more often. */
const BUFFER_BYTES = 1024 * 1024;
const CHECK_MS = 1_000;

/** How to connect. */
export interface ConnectOptions extends Endpoint {
  /** For connecting (default 10 s), and for a server that owes a file and is silent (120 s). */
  readonly timeoutMs?: number;
  /** Gives connecting up. */
  readonly signal?: AbortSignal;
  /** Called with each chat message as the server sends it: not yet safe for a terminal. */
  readonly onChat?: (text: string) => void;
}

/**
 * Connects to a server.
 *
 * @throws {ConnectionError}
 */
export async function connect(options: ConnectOptions): Promise<Client> {
  const { timeoutMs = CONNECT_TIMEOUT_MS, signal } = options;
  const conn = await connectTcp(options, { timeoutMs, ...(signal && { signal }) });
  return new Client(conn, options);
}

/**
 * A connection to a server: chat both ways, and files.
 *
 * It owns the socket and, once a file is asked for, a worker. It ends by `quit`, by `close`, or
 * when the server goes away; `closed` tells, and whatever is under way rejects.
 */
export class Client {
  readonly #connection: FramedConnection;
  readonly #onChat: (text: string) => void;
  readonly #silenceMs: number;
  readonly #closed = Promise.withResolvers<ConnectionError | ProtocolError | null>();
  #downloads: IncomingFile[] = [];
  #worker: FileWorker | null = null;
  #quitting = false;
  #rejection: string | null = null;
  #lastFrameMs = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** Use {@link connect}. Takes the connection over. */
  constructor(conn: Deno.Conn, options: Pick<ConnectOptions, "onChat" | "timeoutMs">) {
    this.#onChat = options.onChat ?? (() => {});
    this.#silenceMs = options.timeoutMs ?? SILENCE_TIMEOUT_MS;
    this.#connection = new FramedConnection(conn, (reason) => this.#onClose(reason), {
      bufferBytes: BUFFER_BYTES,
    });
    this.#run();
  }

  /** Resolves when the connection is over: to `null` after `quit` or `close`, else to the reason. */
  get closed(): Promise<ConnectionError | ProtocolError | null> {
    return this.#closed.promise;
  }

  /** Whether the connection is over. */
  get isClosed(): boolean {
    return this.#connection.isClosed;
  }

  /**
   * Bytes that the server will still send although nobody wants them, since protocol 1 cannot
   * stop a transfer: a new connection may be the shorter way to the next file.
   */
  get unwantedBytes(): number {
    return this.#downloads.reduce((sum, download) => sum + download.unwantedBytes, 0);
  }

  /**
   * Sends a chat message. Protocol 1 does not acknowledge it; `quit` waits until the server took
   * all.
   *
   * @throws {RequestError} `bad-request` when it is empty, `too-large` beyond 4096 bytes
   */
  sendChat(text: string): void {
    if (text.trim() === "") {
      const reason = "message-empty";
      throw new RequestError("bad-request", "Cannot send the message: it is empty", { reason });
    }
    const bytes = utf8Length(text);
    if (bytes > LIMITS.messageBytes) {
      throw new RequestError(
        "too-large",
        `Cannot send the message: it has ${bytes} bytes, at most ${LIMITS.messageBytes} are allowed`,
        { reason: "message-long" },
      );
    }
    this.#connection.writer.send(encodeFrame("CHAT", text));
  }

  /**
   * Asks for a file. Several may be asked for ahead; they come in order.
   *
   * @param path as the server knows it
   * @throws {RequestError} when the server refuses, or the content is not right (`integrity`)
   * @throws {DiskError} when the local disk fails
   * @throws {ConnectionError} when the connection is lost
   * @throws {ProtocolError} when the server breaks the rules of the wire
   */
  download(path: string, options: DownloadOptions): Promise<DownloadResult> {
    if (this.#connection.isClosed) {
      return this.closed.then((reason) => Promise.reject(reason ?? lost()));
    }
    const download = new IncomingFile(
      options,
      () => this.#worker ??= new FileWorker(),
      (buffer) => this.#connection.reader.recycle(buffer),
    );
    this.#downloads.push(download);
    this.#lastFrameMs = performance.now();
    this.#timer ??= setInterval(() => this.#checkSilence(), CHECK_MS);
    this.#connection.writer.send(encodeFrame("FILE", path));
    return download.result;
  }

  /** Takes leave; resolves to `null` if the server then closed, having taken all that was sent. */
  async quit(): Promise<ConnectionError | ProtocolError | null> {
    this.#quitting = true;
    this.#connection.writer.send(encodeFrame("QUIT"));
    const timeout = new ConnectionError("timeout", "The server did not close the connection");
    const timer = setTimeout(() => this.#connection.close(timeout), QUIT_TIMEOUT_MS);
    const reason = await this.closed;
    clearTimeout(timer);
    return reason;
  }

  /** Hangs up at once. */
  close(): void {
    this.#connection.close(null);
  }

  async #run(): Promise<void> {
    const { reader } = this.#connection;
    try {
      for (;;) {
        const frame = await reader.read();
        if (frame === null) {
          const asked = this.#quitting && this.#rejection === null;
          return this.#connection.close(asked ? null : lost());
        }
        await this.#onFrame(frame);
        this.#lastFrameMs = performance.now();
      }
    } catch (error) {
      this.#connection.close(error);
    }
  }

  #onFrame(frame: Frame): Promise<void> | void {
    if (frame.kind === "data") return this.#onData(frame.bytes);
    if (frame.type === "CHAT") return this.#onChat(new TextDecoder().decode(frame.payload));
    if (!DOWNLOAD_FRAMES.has(frame.type)) return; // An unknown type is no error
    const download = this.#downloads[0];
    if (download !== undefined) {
      download.onFrame(frame);
      if (download.isOver) this.#downloads.shift();
    } else if (frame.type === "FERR") {
      this.#rejection = cleanLine(new TextDecoder().decode(frame.payload));
    } else {
      throw new ProtocolError(
        "bad-sequence",
        `Cannot follow the server: ${frame.type} came although nothing was asked for`,
      );
    }
  }

  async #onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const download = this.#downloads[0];
    if (download === undefined) {
      throw new ProtocolError(
        "bad-sequence",
        "Cannot follow the server: file data came although nothing was asked for",
      );
    }
    await download.onData(bytes);
    if (download.isOver) this.#downloads.shift();
  }

  #checkSilence(): void {
    if (this.#downloads.length === 0) return;
    if (performance.now() - this.#lastFrameMs <= this.#silenceMs) return;
    this.#connection.close(
      new ConnectionError("timeout", `The server said nothing for ${this.#silenceMs / 1000} s`),
    );
  }

  #onClose(reason: unknown): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    const error = reason === null ? null : this.#why(reason);
    for (const download of this.#downloads.splice(0)) download.fail(error ?? lost());
    this.#endWorker().then(() => this.#closed.resolve(error));
  }

  #why(reason: unknown): ConnectionError | ProtocolError {
    if (this.#rejection !== null) return new ConnectionError("rejected", this.#rejection);
    if (reason instanceof ConnectionError) return reason;
    // A frame cut short is how a server that dies looks like
    if (reason instanceof ProtocolError && reason.code !== "truncated") return reason;
    return new ConnectionError("lost", "The connection was lost", { cause: reason });
  }

  /** Lets the worker finish what it was given, such as a file that is complete, then ends it. */
  async #endWorker(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    await worker.call("close", [false]).catch(() => {}); // Dead is as good as closed
    worker.terminate();
  }
}

const DOWNLOAD_FRAMES: ReadonlySet<string> = new Set(["FROK", "FERR", "FMTA", "FHSH"]);

function lost(): ConnectionError {
  return new ConnectionError("lost", "The server closed the connection");
}
