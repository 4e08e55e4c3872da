import { onAbort } from "../async/on_abort.ts";
import type { CommitResult } from "../files/part_file.ts";
import { codeOfText, ProtocolError, RequestError } from "../protocol/errors.ts";
import { decodeFileMetadata } from "../protocol/file_metadata.ts";
import { checkName } from "../protocol/path.ts";
import { cleanLine } from "../protocol/text.ts";
import type { ControlFrame } from "../stream/frames/frame_reader.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import {
  type DownloadOptions,
  type DownloadResult,
  downloadTarget,
  unwantedContent,
  wrongContent,
} from "./download.ts";
import { FileSink } from "./file_sink.ts";

type State = "asked" | "accepted" | "described" | "receiving" | "over";

/**
 * One download of protocol 1 on the receiving side: FROK, FMTA, FHSH, then data, each once and in
 * this order, or FERR at any point.
 *
 * The outcome is settled in `result`. It can be settled, by a failure on this side or by a file
 * that is there already, while the server still sends: the rest is then taken and dropped, since
 * protocol 1 cannot be told to stop.
 */
export class Protocol1Download {
  readonly #options: DownloadOptions;
  readonly #worker: () => FileWorker;
  readonly #recycle: (buffer: ArrayBuffer) => void;
  readonly #outcome = Promise.withResolvers<DownloadResult>();
  #settled = false;
  #state: State = "asked";
  #sizeBytes = 0;
  #sha256 = "";
  #receivedBytes = 0;
  #sink: FileSink | null = null;
  #aborting: Disposable | null = null;

  /**
   * @param worker starts the worker when it is first needed
   * @param recycle takes buffers back that were written
   */
  constructor(
    options: DownloadOptions,
    worker: () => FileWorker,
    recycle: (buffer: ArrayBuffer) => void,
  ) {
    this.#options = options;
    this.#worker = worker;
    this.#recycle = recycle;
    this.#outcome.promise.catch(() => {}); // Whoever asked for it handles it
    this.#aborting = onAbort(options.signal, () => this.#settle(options.signal?.reason));
  }

  /** Settles once the file is in place or has failed. */
  get result(): Promise<DownloadResult> {
    return this.#outcome.promise;
  }

  /** Whether the server has sent all that belongs to this download. */
  get isOver(): boolean {
    return this.#state === "over";
  }

  /** Bytes that the server will still send although nobody wants them. */
  get unwantedBytes(): number {
    return this.#settled && !this.isOver ? this.#sizeBytes - this.#receivedBytes : 0;
  }

  /**
   * Takes FROK, FERR, FMTA or FHSH.
   *
   * @throws {ProtocolError} when it must not come now: the connection cannot be used any more
   */
  onFrame(frame: ControlFrame): void {
    if (frame.type === "FERR") return this.#onError(frame.payload);
    const step = STEPS[frame.type];
    if (step === undefined || step.from !== this.#state) {
      throw new ProtocolError(
        "bad-sequence",
        `Cannot follow the server: ${frame.type} must not come when a download is ${this.#state}`,
      );
    }
    this.#state = step.to;
    if (frame.type === "FMTA") this.#onMetadata(frame.payload);
    if (frame.type === "FHSH") this.#onHash(frame.payload);
  }

  /**
   * Takes data, whose buffer becomes this object's. Resolves when there is room for more.
   *
   * @throws {ProtocolError} when no data must come now, or more than was announced
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
    if (this.#settled) this.#recycle(bytes.buffer);
    else await this.#write(bytes);
    if (this.#receivedBytes === totalBytes) this.#complete();
  }

  /** Ends it from outside, when the connection is gone. The part is left behind. */
  fail(error: unknown): void {
    this.#state = "over";
    this.#settle(error);
  }

  #onError(payload: Uint8Array): void {
    const text = cleanLine(new TextDecoder().decode(payload));
    const code = codeOfText(text) ?? (this.#state === "asked" ? "not-found" : "internal");
    this.#state = "over";
    this.#settle(new RequestError(code, text, { isFromPeer: true }), true);
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
      this.#settle(unwantedContent(this.#sha256, wanted));
    }
    if (!this.#settled) this.#open();
    if (this.#sizeBytes === 0) this.#complete();
  }

  #open(): void {
    const { directory, name, replace = false } = this.#options;
    const sizeBytes = this.#sizeBytes;
    const target = downloadTarget(this.#options);
    this.#sink = new FileSink(this.#worker(), target, {
      onWritten: this.#recycle,
      onError: (error) => this.#settle(error),
    });
    this.#sink.beginMissing(
      { directory, name, sizeBytes, sha256: this.#sha256, numbered: !replace },
      { sizeBytes, offset: 0, modifiedMs: null, version: null },
    ).then((received) => received !== null && this.#succeed(received, true));
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const written = this.#sink?.write(bytes);
    this.#options.onProgress?.(this.#receivedBytes, this.#sizeBytes);
    await written;
  }

  #complete(): void {
    this.#state = "over";
    if (this.#settled) return;
    this.#sink?.finish(this.#sha256).then((result) => result !== null && this.#onCommit(result));
  }

  #onCommit(result: CommitResult): void {
    if (result === "wrong" || result === "taken") {
      this.#settle(wrongContent(this.#options.name, result));
    } else {
      this.#succeed(result.path, false);
    }
  }

  #succeed(file: string, skipped: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#aborting?.[Symbol.dispose]();
    const sizeBytes = this.#sizeBytes;
    this.#outcome.resolve({ file, sizeBytes, sha256: this.#sha256, skipped, resumedFrom: 0 });
  }

  #settle(error: unknown, discard = false): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#aborting?.[Symbol.dispose]();
    const ended = this.#sink?.end(discard) ?? Promise.resolve();
    ended.then(() => this.#outcome.reject(error)); // Whoever tries again finds the part free
  }
}

const STEPS: Record<string, { from: State; to: State }> = {
  FROK: { from: "asked", to: "accepted" },
  FMTA: { from: "accepted", to: "described" },
  FHSH: { from: "described", to: "receiving" },
};
