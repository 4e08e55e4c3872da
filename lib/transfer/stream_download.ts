import type { DownloadHead } from "../protocol/answers.ts";
import { ProtocolError, RequestError } from "../protocol/errors.ts";
import type { FileWorker } from "../worker/file_worker.ts";

/** A file of the server as a stream. Its bytes come before the verdict: see `verified`. */
export interface VerifiedStream extends ReadableStream<Uint8Array<ArrayBuffer>> {
  /**
   * Resolves to the SHA-256, in hex, once all bytes are handed out and the whole is right. Rejects
   * with what the stream fails with, or was cancelled with. It need not be handled.
   */
  readonly verified: Promise<string>;
}

/** What a {@link StreamDownload} uses of a connection. */
export interface StreamDownloadConnection {
  readonly worker: FileWorker;
  /** Takes a buffer back whose data are not wanted. */
  readonly recycle: (buffer: ArrayBuffer) => void;
  /** Called with the id of a request whose answer had wrong bytes. */
  readonly onWrong: (id: number) => void;
}

/**
 * One download of protocol 2 into a stream: FMET, data, FEND, or FAIL at any point.
 *
 * One block at most waits in the stream. While it does, nothing is read from the connection: that is the
 * back-pressure. The reader owns the blocks that it gets.
 */
export class StreamDownload {
  /** The stream, for the caller. */
  readonly stream: VerifiedStream;
  readonly #verdict = Promise.withResolvers<string>();
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  #connection: StreamDownloadConnection | null = null;
  #handle = 0;
  #head: DownloadHead | null = null;
  #receivedBytes = 0;
  #isSettled = false;
  #cancelRequest: () => void = () => {};
  #requestId = 0;
  /** Resolves when the reader wants more, or no more will come. */
  #room = Promise.withResolvers<void>();

  /** Asks for nothing yet. */
  constructor() {
    this.#verdict.promise.catch(() => {}); // The caller may have no use for it: the stream fails, too
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#makeRoom(),
      cancel: (reason) => this.fail(reason ?? new RequestError("cancelled")),
    }, { highWaterMark: 1 });
    this.stream = Object.assign(stream, { verified: this.#verdict.promise });
  }

  /** Whether the stream has ended, or will take no more. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** To be called once, before the request is sent. */
  begin(connection: StreamDownloadConnection): void {
    this.#connection = connection;
    this.#handle = connection.worker.newHandle();
  }

  /** To be called when the request is sent. @param cancel makes the server stop. @param id of the request */
  onRequested(cancel: () => void, id: number): void {
    this.#cancelRequest = cancel;
    this.#requestId = id;
  }

  /** Whether FMET has arrived. */
  get hasBegun(): boolean {
    return this.#head !== null;
  }

  /** Handles FMET. @throws {ProtocolError} if it does not match the request */
  onHead(head: DownloadHead): void {
    if (head.offset !== 0) throw wrongSequence(`it sends from ${head.offset} on, asked for was 0`);
    this.#head = head;
  }

  /** Handles data, and owns their buffer. Resolves when there is room for more. */
  async onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const connection = this.#connection;
    if (connection === null || this.#isSettled) return connection?.recycle(bytes.buffer);
    this.#receivedBytes += bytes.length;
    if (this.#receivedBytes > (this.#head?.size ?? 0)) return this.fail(wrongContent());
    try {
      const args = [this.#handle, bytes] as const;
      const block = await connection.worker.call("hashBlock", [...args], [bytes.buffer]);
      if (this.#isSettled) return connection.recycle(block.buffer);
      this.#room = Promise.withResolvers();
      this.#controller?.enqueue(block);
      await this.#room.promise;
    } catch (error) {
      this.fail(error);
    }
  }

  /** FZST was not asked for. @throws {ProtocolError} always */
  onZstd(_payload: Uint8Array<ArrayBuffer>): Promise<void> {
    throw wrongSequence("it sends compressed data, which were not asked for");
  }

  /** Handles FEND. @param sha256 known, as no piece was asked for */
  async onEnd(sha256: string | null): Promise<void> {
    if (this.#isSettled) return;
    try {
      const received = await this.#digest();
      const isWhole = this.#receivedBytes === this.#head?.size && received === sha256;
      if (!isWhole) this.#connection?.onWrong(this.#requestId);
      if (!isWhole) throw wrongContent();
      if (this.#isSettled) return;
      this.#isSettled = true;
      this.#controller?.close();
      this.#verdict.resolve(received);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Handles FAIL. */
  onFail(error: RequestError): void {
    this.fail(error);
  }

  /** Ends the stream with an error, and makes the server stop. */
  fail(error: unknown): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#controller?.error(error); // Without effect after a cancellation
    this.#verdict.reject(error);
    this.#makeRoom();
    this.#cancelRequest();
    this.#digest().catch(() => {}); // A dead worker has no state to forget
  }

  async #digest(): Promise<string> {
    return await this.#connection?.worker.call("endBlocks", [this.#handle]) ?? "";
  }

  #makeRoom(): void {
    this.#room.resolve();
  }
}

function wrongContent(): RequestError {
  return new RequestError("integrity", "Cannot accept the content: its SHA-256 does not match");
}

function wrongSequence(what: string): ProtocolError {
  return new ProtocolError("bad-sequence", `Cannot follow the server: ${what}`);
}
