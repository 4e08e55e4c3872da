import type { FileTarget } from "../files/part_file.ts";
import { codeOfText, ProtocolError, RequestError } from "../protocol/errors.ts";
import { decodeFileMetadata } from "../protocol/file_metadata.ts";
import { checkName } from "../protocol/path.ts";
import { cleanLine } from "../protocol/text.ts";
import type { ControlFrame } from "../stream/frame_reader.ts";
import type { FileWorker } from "../worker/file_worker.ts";

/** Writes that may be under way: what a download holds in memory beside the reader's buffer. */
const WRITES_UNDER_WAY = 3;

/** How a download is wanted. */
export interface DownloadOptions {
  /** Folder to put the file in, made if it is not there. */
  readonly directory: string;
  /** Name to give it; one checked component. */
  readonly name: string;
  /** Replace another file of that name. Default: take `NAME (1)`. */
  readonly replace?: boolean;
  /** Accept only this content, in hex. */
  readonly sha256?: string;
  /** Called as data comes in. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number) => void;
  /** Gives the download up; the part is left behind. */
  readonly signal?: AbortSignal;
}

/** A download that is done: the file is there, whole and right. */
export interface DownloadResult {
  /** Where it is: `directory` joined with the name that it got. */
  readonly file: string;
  /** Size of the file. */
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** The file had been there before; nothing was written. */
  readonly skipped: boolean;
}

type State = "asked" | "accepted" | "described" | "receiving" | "over";

/**
 * One download of protocol 1 on the receiving side: FROK, FMTA, FHSH, then data, each once and in
 * this order, or FERR at any point.
 *
 * The outcome is settled in `result`. It can be settled, by a failure on this side or by a file
 * that is there already, while the server still sends: the rest is then taken and dropped, since
 * protocol 1 cannot be told to stop.
 */
export class IncomingFile {
  readonly #options: DownloadOptions;
  readonly #worker: () => FileWorker;
  readonly #recycle: (buffer: ArrayBuffer) => void;
  readonly #outcome = Promise.withResolvers<DownloadResult>();
  #settled = false;
  #state: State = "asked";
  #sizeBytes = 0;
  #sha256 = "";
  #receivedBytes = 0;
  /** A part may be open in the worker, for this download to close. */
  #partOpen = false;
  #writes: Promise<void>[] = [];

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
    if (options.signal?.aborted) this.#onAbort();
    else options.signal?.addEventListener("abort", this.#onAbort, { once: true });
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
      this.#settle(
        new RequestError(
          "integrity",
          `Cannot accept the file: the server's has SHA-256 ${this.#sha256}, not ${wanted}`,
          { reason: "sha256-unwanted" },
        ),
      );
    }
    if (!this.#settled) this.#open();
    if (this.#sizeBytes === 0) this.#complete();
  }

  #open(): void {
    const { directory, name, replace = false } = this.#options;
    const target: FileTarget = {
      directory,
      name,
      replace,
      sizeBytes: this.#sizeBytes,
      sha256: this.#sha256,
    };
    this.#partOpen = true;
    this.#worker().call("startReceive", [target]).then(
      (received) => received !== null && this.#succeed(received, true),
      (error) => this.#onWorkerError(error),
    );
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const write = this.#worker().call("write", [bytes], [bytes.buffer]).then(
      (buffer) => this.#recycle(buffer),
      (error) => this.#onWorkerError(error),
    );
    this.#writes.push(write);
    this.#options.onProgress?.(this.#receivedBytes, this.#sizeBytes);
    if (this.#writes.length >= WRITES_UNDER_WAY) await this.#writes.shift();
  }

  #complete(): void {
    this.#state = "over";
    if (this.#settled) return;
    this.#partOpen = false;
    this.#worker().call("commit", []).then(
      (file) => {
        if (file !== null) return this.#succeed(file, false);
        const { name } = this.#options;
        this.#settle(
          new RequestError("integrity", `Cannot accept ${name}: its SHA-256 does not match`),
        );
      },
      (error) => this.#onWorkerError(error),
    );
  }

  /** The worker has closed the part itself; by now the next download may have its own open. */
  #onWorkerError(error: unknown): void {
    this.#partOpen = false;
    this.#settle(error);
  }

  readonly #onAbort = () => this.#settle(this.#options.signal?.reason);

  #succeed(file: string, skipped: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#partOpen = false;
    const bytes = this.#sizeBytes;
    this.#outcome.resolve({ file, bytes, sha256: this.#sha256, skipped });
  }

  #settle(error: unknown, discard = false): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#outcome.reject(error);
    if (!this.#partOpen) return;
    this.#partOpen = false;
    this.#worker().call("close", [discard]).catch(() => {}); // A dead worker holds nothing open
  }
}

const STEPS: Record<string, { from: State; to: State }> = {
  FROK: { from: "asked", to: "accepted" },
  FMTA: { from: "accepted", to: "described" },
  FHSH: { from: "described", to: "receiving" },
};
