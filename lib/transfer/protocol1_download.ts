import { onAbort } from "../async/on_abort.ts";
import type { CommitResult } from "../files/part_file.ts";
import { codeOfText, ProtocolError, RequestError } from "../protocol/errors.ts";
import { decodeFileMetadata } from "../protocol/file_metadata.ts";
import { LIMITS } from "../protocol/limits.ts";
import { checkName } from "../protocol/path.ts";
import { cleanLine } from "../protocol/text.ts";
import type { ControlFrame } from "../stream/frames/frame_reader.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import {
  commitError,
  type DownloadResult,
  downloadTarget,
  type PlacedDownloadOptions,
  unwantedContentError,
} from "./download_options.ts";
import { FileSink } from "./file_sink.ts";

type State = "asked" | "accepted" | "described" | "receiving" | "over";

/**
 * One download of protocol 1 on the receiving side: FROK, FMTA, FHSH, then data, each once and in
 * this order, or FERR at any point.
 *
 * `result` settles with the outcome. It may settle while the server still sends, on a failure on
 * this side or because the file exists already: the rest is then received and dropped, since
 * protocol 1 has no frame to stop the server.
 */
export class Protocol1Download {
  readonly #options: PlacedDownloadOptions;
  readonly #getWorker: () => FileWorker;
  readonly #recycle: (buffer: ArrayBuffer) => void;
  readonly #outcome = Promise.withResolvers<DownloadResult>();
  #isSettled = false;
  #state: State = "asked";
  #sizeBytes = 0;
  #sha256 = "";
  #receivedBytes = 0;
  #sink: FileSink | null = null;
  #aborting: Disposable | null = null;

  /**
   * @param getWorker starts the worker on first use
   * @param recycle gets the buffers back whose bytes are written
   */
  constructor(
    options: PlacedDownloadOptions,
    getWorker: () => FileWorker,
    recycle: (buffer: ArrayBuffer) => void,
  ) {
    this.#options = options;
    this.#getWorker = getWorker;
    this.#recycle = recycle;
    this.#outcome.promise.catch(() => {}); // Handled by the caller of `result`
    this.#aborting = onAbort(options.signal, () => this.#reject(options.signal?.reason));
  }

  /** Settles once the file has its name, or has failed. */
  get result(): Promise<DownloadResult> {
    return this.#outcome.promise;
  }

  /** Whether no more frames of this download will come. */
  get isOver(): boolean {
    return this.#state === "over";
  }

  /** Bytes that the server will still send, and that will be dropped. */
  get unwantedBytes(): number {
    return this.#isSettled && !this.isOver ? this.#sizeBytes - this.#receivedBytes : 0;
  }

  /**
   * Handles FROK, FERR, FMTA or FHSH.
   *
   * @throws {ProtocolError} if the frame is malformed or out of order: the caller must close the
   * connection
   */
  onFrame(frame: ControlFrame): void {
    if (frame.type === "FERR") return this.#onError(frame.payload);
    const transition = TRANSITIONS[frame.type];
    if (transition === undefined || transition.from !== this.#state) {
      throw new ProtocolError(
        "bad-sequence",
        `Cannot follow the server: ${frame.type} must not come when a download is ${this.#state}`,
      );
    }
    this.#state = transition.to;
    if (frame.type === "FMTA") this.#onMetadata(frame.payload);
    if (frame.type === "FHSH") this.#onHash(frame.payload);
  }

  /**
   * Handles data, and owns their buffer. Resolves when there is room for more.
   *
   * @throws {ProtocolError} if the data are out of order, or more than announced
   */
  async onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const totalBytes = this.#sizeBytes;
    if (this.#state !== "receiving") {
      throw new ProtocolError(
        "bad-sequence",
        `Cannot follow the server: data must not come when a download is ${this.#state}`,
      );
    }
    this.#receivedBytes += bytes.length;
    if (this.#receivedBytes > totalBytes) {
      throw new ProtocolError(
        "bad-sequence",
        `Cannot accept the file: the server sends more than the ${totalBytes} bytes it announced`,
      );
    }
    if (this.#isSettled) this.#recycle(bytes.buffer);
    else await this.#write(bytes);
    if (this.#receivedBytes === totalBytes) this.#complete();
  }

  /** Ends the download when the connection is lost. The part is left behind. */
  fail(error: unknown): void {
    this.#state = "over";
    this.#reject(error);
  }

  #onError(payload: Uint8Array): void {
    const text = cleanLine(new TextDecoder().decode(payload.subarray(0, LIMITS.messageBytes)));
    const known = codeOfText(text);
    const code = known ?? (this.#state === "asked" ? "not-found" : "internal");
    this.#state = "over";
    this.#reject(new RequestError(code, text, { isFromPeer: true, isQuote: known === null }), true);
  }

  #onMetadata(payload: Uint8Array): void {
    const metadata = decodeFileMetadata(payload);
    try {
      checkName(metadata.name);
    } catch (cause) {
      throw new ProtocolError(
        "bad-frame",
        "Cannot accept the file: the server gives it a name that is not allowed",
        { cause },
      );
    }
    this.#sizeBytes = metadata.sizeBytes;
  }

  #onHash(payload: Uint8Array<ArrayBuffer>): void {
    if (payload.length !== 32) {
      throw new ProtocolError(
        "bad-frame",
        `Cannot read FHSH: it has ${payload.length} bytes instead of 32`,
      );
    }
    this.#sha256 = payload.toHex();
    const wanted = this.#options.sha256;
    if (wanted !== undefined && wanted !== this.#sha256) {
      this.#reject(unwantedContentError(this.#sha256, wanted));
    }
    if (!this.#isSettled) this.#open();
    if (this.#sizeBytes === 0) this.#complete();
  }

  #open(): void {
    const { directory, name, replace = false } = this.#options;
    const sizeBytes = this.#sizeBytes;
    const target = downloadTarget(this.#options);
    this.#sink = new FileSink(this.#getWorker(), target, {
      onWritten: this.#recycle,
      onError: (error) => this.#reject(error),
    });
    this.#sink.beginMissing(
      { directory, name, sizeBytes, sha256: this.#sha256, numbered: !replace },
      { sizeBytes, offset: 0, modifiedMs: null, version: null },
    ).then((received) => received !== null && this.#resolve(received, true));
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const written = this.#sink?.write(bytes);
    this.#options.onProgress?.(this.#receivedBytes, this.#sizeBytes);
    await written;
  }

  #complete(): void {
    this.#state = "over";
    if (this.#isSettled) return;
    this.#sink?.finish(this.#sha256).then((result) => result !== null && this.#onCommit(result));
  }

  #onCommit(result: CommitResult): void {
    if (result === "wrong" || result === "taken") {
      this.#reject(commitError(this.#options.name, result));
    } else {
      this.#resolve(result.path, false);
    }
  }

  #resolve(file: string, skipped: boolean): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#aborting?.[Symbol.dispose]();
    const sizeBytes = this.#sizeBytes;
    this.#outcome.resolve({ file, sizeBytes, sha256: this.#sha256, skipped, resumedFrom: 0 });
  }

  /** Rejects once the part is closed, so that another attempt can open it. */
  #reject(error: unknown, discard = false): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#aborting?.[Symbol.dispose]();
    const ended = this.#sink?.end(discard) ?? Promise.resolve();
    ended.then(() => this.#outcome.reject(error));
  }
}

/** The state that each frame requires, and the one that it leads to. */
const TRANSITIONS: Record<string, { from: State; to: State }> = {
  FROK: { from: "asked", to: "accepted" },
  FMTA: { from: "accepted", to: "described" },
  FHSH: { from: "described", to: "receiving" },
};
