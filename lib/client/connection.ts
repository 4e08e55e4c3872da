import { decodeFailure } from "../protocol/answers.ts";
import { ConnectionError, ProtocolError } from "../protocol/errors.ts";
import { encodeFrame, encodeJsonFrame } from "../protocol/frames.ts";
import { decodeServerHello, encodeClientHello } from "../protocol/hello.ts";
import { decodeObject } from "../protocol/json.ts";
import { FramedConnection } from "../stream/framed_connection.ts";
import type { ControlFrame, Frame } from "../stream/frames/frame_reader.ts";
import type { Socket } from "../stream/socket.ts";
import { AGENT } from "../version.ts";
import type { ClientWorkers } from "../worker/client_workers.ts";
import type { ConnectionContext } from "./client_protocol.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { judgeSilence } from "./judge_silence.ts";
import { endOf, lost, rejectionOfFail } from "./lost.ts";
import type { Protocol1Client } from "./protocol1_client.ts";
import { Protocol2Client, requireProtocol2 } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** How long the server may take to close after QUIT. */
const QUIT_TIMEOUT_MS = 5_000;
/** How long the end of a connection may take to arrive after another connection has reported it. */
const END_TIMEOUT_MS = 2_000;
/** Size of the buffers that go to the worker: smaller ones cost more messages. */
const BUFFER_BYTES = 2 * 1024 * 1024;
/** How often silence is checked, at least. */
const CHECK_MS = 1_000;

/**
 * One connection to a server, from the handshake to its end.
 *
 * It owns the socket and, once a file is moved, a worker. When it ends, `closed` resolves and every
 * pending request rejects.
 */
export class Connection {
  readonly #connection: FramedConnection;
  readonly #options: ConnectionOptions;
  readonly #context: ConnectionContext;
  readonly #closed = Promise.withResolvers<ConnectionError | ProtocolError | null>();
  readonly #timer: ReturnType<typeof setInterval>;
  /** Resolves once HELO has come, or is waited for no longer. */
  readonly #greeting = Promise.withResolvers<void>();
  /** Whether the server was taken for one of protocol 1 since it did not answer HELO in time. */
  #isGuess = false;
  #greetingTimer: ReturnType<typeof setTimeout> | undefined;
  /** `null` before HELO, where only protocol 2 is spoken: what comes then is ignored. */
  #handler: Protocol1Client | Protocol2Client | null;
  #workers: ClientWorkers | null = null;
  /** Sends requests before HELO has come, and is the handler then. */
  #early: Protocol2Client | null = null;
  #isQuitting = false;
  /** What is told of a server that has never sent a frame. */
  #silence: ConnectionOptions["silence"] | undefined;
  /** The server's reason for closing, once it has sent one. */
  #rejection: ConnectionError | null = null;
  #lastFrameMs = performance.now();
  /** When PING was last sent, by `performance.now()`. */
  #pingedMs = -Infinity;

  /** Owns the socket. Call `negotiate` next. */
  constructor(conn: Socket, options: ConnectionOptions) {
    this.#options = options;
    this.#silence = options.silence;
    this.#connection = new FramedConnection(conn, (reason) => this.#onClose(reason), {
      bufferBytes: BUFFER_BYTES,
    });
    this.#context = {
      connection: this.#connection,
      worker: () => this.#startedWorkers().worker,
      lendWorker: () => this.#startedWorkers().lend(),
      onRejection: (error) => this.#rejection = error,
    };
    this.#handler = options.startProtocol1?.(this.#context) ?? null;
    const checkMs = Math.min(CHECK_MS, (options.silenceMs ?? Infinity) / 6);
    this.#timer = setInterval(() => this.#check(), checkMs);
    this.#run();
  }

  /**
   * Finds out which protocol the server speaks. A server that does not answer HELO for a moment is
   * taken for one of protocol 1; a HELO that comes later still puts that right.
   *
   * @throws {ConnectionError} `timeout` when protocol 2 is required and the server does not answer
   * HELO; the reason when the connection ends
   */
  async negotiate(): Promise<void> {
    const { protocol, guessMs, handshakeMs, hello } = this.#options;
    if (protocol === 1) return this.#greeting.resolve();
    const greeting = { agent: AGENT, names: true, ...this.#options };
    this.#connection.writer.send(encodeClientHello(greeting));
    this.#greetingTimer = setTimeout(() => this.#onNoGreeting(), handshakeMs);
    if (hello) {
      this.#early = new Protocol2Client(this.#context, hello, this.#options.onEvent);
      return;
    }
    const guess = Promise.withResolvers<void>();
    const timer = protocol === "auto" ? setTimeout(guess.resolve, guessMs) : undefined;
    try {
      await Promise.race([this.#greeting.promise, guess.promise]);
    } finally {
      clearTimeout(timer);
    }
    if (this.#foreign !== null) this.#connection.close(this.#foreign);
    if (this.isClosed) throw await this.closed ?? lost();
    this.#isGuess = this.protocol === 1;
  }

  /**
   * The client's side of protocol 2. Where protocol 1 is only a guess, it waits for HELO first.
   *
   * @throws {RequestError} `unsupported` when the server does not speak it
   * @throws {ConnectionError} when the connection ends before that is known
   */
  async requireProtocol2(): Promise<Protocol2Client> {
    await this.#greeting.promise;
    if (this.isClosed && this.protocol === 1) throw await this.closed ?? lost();
    return requireProtocol2(this.handler);
  }

  /** The protocol of the connection: 1 until HELO has come. */
  get protocol(): 1 | 2 {
    return this.#handler?.version ?? 1;
  }

  /** Resolves once the protocol is certain, or HELO is waited for no longer. */
  get protocolSettled(): Promise<void> {
    return this.#greeting.promise;
  }

  /** Handles the frames, and sends the requests. @throws {ConnectionError} before there is any */
  get handler(): Protocol1Client | Protocol2Client {
    const handler = this.#early ?? this.#handler;
    if (handler === null) throw lost();
    return handler;
  }

  /** The connection, as transfers use it. */
  get context(): ConnectionContext {
    return this.#context;
  }

  /** Resolves when the connection has ended: to `null` after `quit` or `close`, else to the reason. */
  get closed(): Promise<ConnectionError | ProtocolError | null> {
    return this.#closed.promise;
  }

  /** Whether the connection has ended. */
  get isClosed(): boolean {
    return this.#connection.isClosed;
  }

  /** Sends QUIT. Resolves to `null` if the server closes then, having taken all that was sent. */
  async quit(): Promise<ConnectionError | ProtocolError | null> {
    this.#isQuitting = true;
    this.#connection.writer.send(encodeFrame("QUIT"));
    const timeout = new ConnectionError("timeout", "The server did not close the connection");
    return await this.#closedWithin(QUIT_TIMEOUT_MS, timeout);
  }

  /** Resolves soon to the reason of the end, for a caller that knows that the session is over. */
  async ended(): Promise<ConnectionError | ProtocolError> {
    return await this.#closedWithin(END_TIMEOUT_MS, lost()) ?? lost();
  }

  /** Closes at once. @param reason what `closed` resolves to. Default `null` */
  close(reason: ConnectionError | null = null): void {
    this.#connection.close(reason);
  }

  /** Waits for the end of the connection, and closes it with `error` when that takes too long. */
  async #closedWithin(
    ms: number,
    error: ConnectionError,
  ): Promise<ConnectionError | ProtocolError | null> {
    const timer = setTimeout(() => this.#connection.close(error), ms);
    const reason = await this.closed;
    clearTimeout(timer);
    return reason;
  }

  /** Call before each request: an idle server's silence counts from here. */
  expectAnswer(): void {
    if (!this.#handler?.awaitsAnswer) this.#lastFrameMs = performance.now();
  }

  async #run(): Promise<void> {
    const { reader } = this.#connection;
    try {
      for (;;) {
        const frame = await reader.read();
        if (frame === null) {
          const isAsked = this.#isQuitting && this.#rejection === null;
          return this.#connection.close(isAsked ? null : lost());
        }
        this.#silence = undefined;
        await this.#onFrame(frame);
        this.#lastFrameMs = performance.now();
      }
    } catch (error) {
      this.#connection.close(error);
    }
  }

  #onFrame(frame: Frame): Promise<void> | void {
    if (frame.kind === "control" && this.protocol === 1) {
      if (frame.type === "HELO") return this.#onHello(frame);
      if (frame.type === "FAIL" && this.#options.protocol !== 1) return this.#onRefusal(frame);
      if (this.#handler?.awaitsAnswer) this.#onAnswer(frame.type);
    }
    return this.#handler?.onFrame(frame);
  }

  /** @throws {ConnectionError} `late-hello` when something of protocol 1 was sent before */
  #onHello({ payload }: ControlFrame): void {
    if (this.#options.protocol === 1) return;
    const hello = readAnswer(() => decodeServerHello(payload));
    this.#options.onHello();
    if (this.#handler?.version === 1 && this.#handler.hasSent) {
      throw new ConnectionError("late-hello", "The server speaks protocol 2, but answered late");
    }
    this.#connection.reader.allowZstd();
    this.#handler = this.#early ??
      new Protocol2Client(this.#context, hello, this.#options.onEvent);
    this.#endGreeting();
    if (this.#isGuess) this.#options.onUpgrade();
  }

  /** The server refuses the client, and closes. */
  #onRefusal({ payload }: ControlFrame): void {
    this.#rejection = rejectionOfFail(readAnswer(() => decodeFailure(decodeObject(payload))));
  }

  /** FILE follows HELO: a server that answers only the former is one of protocol 1. */
  #onAnswer(type: string): void {
    if (type === "FROK" && this.#options.protocol === "auto") this.#options.onProtocol1();
    if (type === "FROK" || type === "FERR") this.#endGreeting();
  }

  #onNoGreeting(): void {
    if (this.#options.protocol === "auto") return this.#endGreeting();
    const message = "The server does not answer in protocol 2";
    this.#connection.close(new ConnectionError("timeout", message, this.#silence));
  }

  #endGreeting(): void {
    clearTimeout(this.#greetingTimer);
    this.#greeting.resolve();
  }

  /** Closes the connection when the server has been silent for too long. */
  #check(): void {
    if (this.#foreign !== null) return this.#connection.close(this.#foreign);
    const nowMs = performance.now();
    const times = [this.#options.silenceMs, this.#lastFrameMs, this.#pingedMs, nowMs] as const;
    const judged = judgeSilence(this.#connection, this.#handler, times);
    const { waitedMs, limitMs, isLong, isOver } = judged;
    if (isLong && nowMs - waitedMs > this.#pingedMs) {
      this.#pingedMs = nowMs;
      this.#connection.writer.send(encodeJsonFrame("PING", { id: 1 }));
    }
    if (!isOver) return;
    const message = `The server said nothing for ${limitMs / 1000} s`;
    this.#connection.close(new ConnectionError("timeout", message, this.#silence));
  }

  #onClose(reason: unknown): void {
    clearInterval(this.#timer);
    this.#endGreeting();
    const error = reason === null ? null : this.#reasonOf(reason);
    const end = error ?? lost();
    this.#early?.onClosed(end);
    this.#handler?.onClosed(end);
    const ended = this.#workers?.end(end) ?? Promise.resolve();
    ended.then(() => this.#closed.resolve(error));
  }

  #reasonOf(reason: unknown): ConnectionError | ProtocolError {
    return this.#rejection ?? this.#foreign ?? endOf(reason);
  }

  /** The error for a server that speaks something else; `null` if it does not seem to. */
  get #foreign(): ConnectionError | null {
    const bytes = this.#connection.reader.unframedBytes;
    return bytes === null ? null : this.#options.foreignError?.(bytes) ?? null;
  }

  /** @throws {ConnectionError} when the connection has ended: the threads would never be ended */
  #startedWorkers(): ClientWorkers {
    if (this.#workers === null && this.isClosed) throw lost();
    return this.#workers ??= this.#options.startWorkers();
  }
}
