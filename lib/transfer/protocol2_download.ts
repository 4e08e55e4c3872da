import type { CommitResult, FileTarget } from "../files/part_file.ts";
import type { DownloadHead } from "../protocol/answers.ts";
import { ProtocolError, type RequestError } from "../protocol/errors.ts";
import type { FramedConnection } from "../stream/framed_connection.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { LendWorker } from "../worker/lent_worker.ts";
import { commitError, type DownloadResult, unwantedContentError } from "./download_options.ts";
import { FileSink } from "./file_sink.ts";

/** Options of a {@link Protocol2Download}. */
export interface Protocol2DownloadOptions {
  /** The connection that carries the data: buffers go back to its reader. */
  readonly connection: Pick<FramedConnection, "reader" | "close">;
  /** Accept only content with this SHA-256, in hex; `null` for any. */
  readonly sha256: string | null;
  /** Let the file be executed if the server's may be. */
  readonly exec: boolean;
  /** Called when data arrives; resumed bytes count as received. */
  readonly onProgress: (receivedBytes: number, totalBytes: number) => void;
  /** Called with the id of a request whose answer had all bytes of the file, and wrong ones. */
  readonly onWrong: (id: number) => void;
  /** See `FileSinkOptions.lendHasher`. */
  readonly lendHasher?: LendWorker;
}

/** Version tags of this server are far shorter; a longer one is not stored. */
const MAX_VERSION_CHARS = 1_024;

/**
 * One download of protocol 2 on the receiving side: FMET, data, FEND, or FAIL at any point.
 *
 * It owns the sink that writes the file. `result` settles once. After a failure on this side it may
 * settle while the server still sends; all data until the server stops are dropped.
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
  #requestId = 0;

  /** Will write to `target` through `worker`; opens nothing yet. */
  constructor(worker: FileWorker, target: FileTarget, options: Protocol2DownloadOptions) {
    this.#options = options;
    this.#name = target.name;
    const { reader } = options.connection;
    this.#sink = new FileSink(worker, target, {
      onWritten: (buffer) => reader.recycle(buffer),
      onInflated: (count) => this.#onReceived(count),
      onError: (error) => this.#onSinkError(error),
    }, options);
    this.#outcome.promise.catch(() => {}); // Handled by the caller of `result`
  }

  /**
   * Opens and hashes the part of an earlier download.
   *
   * @returns the offset to request; `null` if the download has failed
   */
  async prepare(): Promise<number | null> {
    const offset = await this.#sink.openPart();
    this.#requestedOffset = offset ?? 0;
    return offset;
  }

  /** To be called when the request is sent. @param cancel makes the server stop. @param id of the request */
  onRequested(cancel: () => void, id: number): void {
    this.#cancelRequest = cancel;
    this.#requestId = id;
  }

  /** Settles once the file has its name, or has failed. */
  get result(): Promise<DownloadResult> {
    return this.#outcome.promise;
  }

  /** Whether FMET has arrived. */
  get hasBegun(): boolean {
    return this.#head !== null;
  }

  /** Handles FMET. @throws {ProtocolError} if it does not match the request */
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
      return this.fail(unwantedContentError(head.sha256, sha256));
    }
    this.#sink.begin({
      sizeBytes: head.size,
      offset: head.offset,
      modifiedMs: head.mtime,
      version: head.version.length <= MAX_VERSION_CHARS ? head.version : null,
      isExecutable: this.#options.exec && head.exec === true,
    });
    this.#options.onProgress(this.#receivedBytes, head.size);
  }

  /** Handles data, and owns their buffer. Resolves when there is room for more. */
  async onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#isSettled) return this.#options.connection.reader.recycle(bytes.buffer);
    this.#onReceived(bytes.length);
    await this.#sink.write(bytes);
  }

  /** Handles the payload of FZST. Resolves when there is room for more. */
  async onZstd(payload: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!this.#isSettled) await this.#sink.writeZstd(payload);
  }

  /** Handles FEND: the server has sent the whole file. @param sha256 known, as no piece was asked for */
  async onEnd(sha256: string | null): Promise<void> {
    if (this.#isSettled || sha256 === null) return;
    const wanted = this.#options.sha256;
    if (wanted !== null && sha256 !== wanted) {
      return this.#reject(unwantedContentError(sha256, wanted), true);
    }
    const result = await this.#sink.finish(sha256);
    if (result !== null) this.#onCommit(result, sha256);
  }

  /** Handles FAIL. A part of a source that has changed cannot be gone on with. */
  onFail(error: RequestError): void {
    this.#reject(error, error.code === "changed");
  }

  /** Ends the download on this side: the part stays, and `cancel` makes the server stop. */
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
    // The end of this file in the byte stream is unknown
    if (error instanceof ProtocolError) this.#options.connection.close(error);
  }

  #onCommit(result: CommitResult, sha256: string): void {
    if (result === "wrong" && this.#head?.offset === 0) this.#options.onWrong(this.#requestId);
    if (result === "wrong" || result === "taken") {
      return this.#reject(commitError(this.#name, result), true);
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
