import type { CommitResult, FileTarget } from "../files/part_file.ts";
import type { DownloadHead } from "../protocol/answers.ts";
import { ProtocolError, type RequestError } from "../protocol/errors.ts";
import type { FramedConnection } from "../stream/framed_connection.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import { type DownloadResult, unwantedContent, wrongContent } from "./download.ts";
import { FileSink } from "./file_sink.ts";

/** Options of a {@link Protocol2Download}. */
export interface Protocol2DownloadOptions {
  /** The connection that the data come over: buffers go back to its reader. */
  readonly connection: Pick<FramedConnection, "reader" | "close">;
  /** Accept only this content, in hex; `null` for any. */
  readonly sha256: string | null;
  /** Called as data comes in; what was there before counts. */
  readonly onProgress: (receivedBytes: number, totalBytes: number) => void;
}

/** A longer version is no server's of ours: it is not kept. */
const LONGEST_VERSION = 1_024;

/**
 * One download of protocol 2 on the receiving side: FMET, data, FEND, or FAIL at any point.
 *
 * It owns the sink that writes the file. `result` settles once; after a failure on this side it may
 * settle while the server still sends, and what comes until the server stops is dropped.
 */
export class Protocol2Download {
  readonly #options: Protocol2DownloadOptions;
  readonly #name: string;
  readonly #sink: FileSink;
  readonly #outcome = Promise.withResolvers<DownloadResult>();
  #head: DownloadHead | null = null;
  #requestedOffset = 0;
  #receivedBytes = 0;
  #isSettled = false;
  #cancelRequest: () => void = () => {};

  /** Writes to `target` by means of the worker. Nothing is opened yet. */
  constructor(worker: FileWorker, target: FileTarget, options: Protocol2DownloadOptions) {
    this.#options = options;
    this.#name = target.name;
    const { reader } = options.connection;
    this.#sink = new FileSink(worker, target, {
      onWritten: (buffer) => reader.recycle(buffer),
      onInflated: (count) => this.#onReceived(count),
      onError: (error) => this.#onSinkError(error),
    });
    this.#outcome.promise.catch(() => {}); // Handled by the caller of `result`
  }

  /**
   * Opens and hashes what is kept of an earlier part.
   *
   * @returns the offset to request; `null` when the download has failed
   */
  async prepare(): Promise<number | null> {
    const offset = await this.#sink.openKept();
    this.#requestedOffset = offset ?? 0;
    return offset;
  }

  /** The request is being sent. @param cancel tells the server to stop */
  onRequested(cancel: () => void): void {
    this.#cancelRequest = cancel;
  }

  /** Settles once the file has its name, or has failed. */
  get result(): Promise<DownloadResult> {
    return this.#outcome.promise;
  }

  /** Whether FMET has come. */
  get hasBegun(): boolean {
    return this.#head !== null;
  }

  /** Handles FMET. @throws {ProtocolError} when it does not fit the request */
  onHead(head: DownloadHead): void {
    const { sha256 } = this.#options;
    const offset = this.#requestedOffset;
    if (head.offset !== 0 && head.offset !== offset) {
      throw new ProtocolError(
        "bad-sequence",
        `Cannot follow the server: it sends from ${head.offset} on, asked for was ${offset}`,
      );
    }
    this.#head = head;
    this.#receivedBytes = head.offset;
    if (this.#isSettled) return;
    if (sha256 !== null && head.sha256 !== null && head.sha256 !== sha256) {
      return this.fail(unwantedContent(head.sha256, sha256));
    }
    this.#sink.begin({
      sizeBytes: head.size,
      offset: head.offset,
      modifiedMs: head.mtime,
      version: head.version.length <= LONGEST_VERSION ? head.version : null,
    });
    this.#options.onProgress(this.#receivedBytes, head.size);
  }

  /** Handles data, and owns their buffer. Resolves when more may come. */
  async onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#isSettled) return this.#options.connection.reader.recycle(bytes.buffer);
    this.#onReceived(bytes.length);
    await this.#sink.write(bytes);
  }

  /** Handles the payload of FZST. Resolves when more may come. */
  async onZstd(payload: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!this.#isSettled) await this.#sink.writeZstd(payload);
  }

  /** Handles FEND: the server has sent all. */
  async onEnd(sha256: string): Promise<void> {
    if (this.#isSettled) return;
    const wanted = this.#options.sha256;
    if (wanted !== null && sha256 !== wanted) {
      return this.#reject(unwantedContent(sha256, wanted), true);
    }
    const result = await this.#sink.finish(sha256);
    if (result !== null) this.#onCommit(result, sha256);
  }

  /** Handles FAIL. */
  onFail(error: RequestError): void {
    this.#reject(error, false);
  }

  /** Ends the download on this side: the part stays, and the server is told to stop. */
  fail(error: unknown): void {
    if (this.#isSettled) return;
    this.#reject(error, false);
    this.#cancelRequest();
  }

  #onReceived(count: number): void {
    this.#receivedBytes += count;
    if (!this.#isSettled) this.#options.onProgress(this.#receivedBytes, this.#head?.size ?? 0);
  }

  #onSinkError(error: unknown): void {
    this.fail(error);
    // It is unknown where in what follows this file would end
    if (error instanceof ProtocolError) this.#options.connection.close(error);
  }

  #onCommit(result: CommitResult, sha256: string): void {
    if (result === "wrong" || result === "taken") {
      return this.#reject(wrongContent(this.#name, result), true);
    }
    this.#isSettled = true;
    this.#outcome.resolve({
      file: result.path,
      sizeBytes: result.stamp.sizeBytes,
      sha256,
      skipped: false,
      resumedFrom: this.#head?.offset ?? 0,
    });
  }

  /** Rejects once the part is closed, so that another attempt can open it. */
  #reject(error: unknown, discard: boolean): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#sink.end(discard).then(() => this.#outcome.reject(error));
  }
}
