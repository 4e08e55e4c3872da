import type { CommitResult } from "../files/part_file.ts";
import type { DownloadHead } from "../protocol/answers.ts";
import { ProtocolError, RequestError } from "../protocol/errors.ts";
import type { DownloadResult } from "./download.ts";
import { unwantedContent, wrongContent } from "./download.ts";
import type { FileSink } from "./file_sink.ts";

/** What is known of a download before its first frame comes. */
export interface Protocol2DownloadOptions {
  /** The name that it gets, for errors. */
  readonly name: string;
  /** Accept only this content, in hex. */
  readonly sha256: string | null;
  readonly onProgress: (receivedBytes: number, totalBytes: number) => void;
  /** Called once, when the server is to stop: nobody wants the rest. */
  readonly onUnwanted: () => void;
}

/** Larger than any version that a server would send: what is longer is not kept. */
const LONGEST_VERSION = 1_024;

/**
 * One download of protocol 2 on the receiving side: FMET, data, FEND, or FAIL at any point.
 *
 * The outcome is settled in `result`. It can be settled, by a failure on this side, while the
 * server still sends: what comes until it stops is dropped.
 */
export class Protocol2Download {
  readonly #options: Protocol2DownloadOptions;
  readonly #outcome = Promise.withResolvers<DownloadResult>();
  #sink: FileSink | null = null;
  #head: DownloadHead | null = null;
  #askedOffset = 0;
  #receivedBytes = 0;
  #settled = false;

  /** The sink must be given before the first frame comes. */
  constructor(options: Protocol2DownloadOptions) {
    this.#options = options;
    this.#outcome.promise.catch(() => {}); // Whoever asked for it handles it
  }

  /** Takes over what writes the file, with all that it kept. */
  useSink(sink: FileSink): void {
    this.#sink = sink;
  }

  /** What is asked for: how much the sink has kept. Default: 0. */
  askFrom(offset: number): void {
    this.#askedOffset = offset;
  }

  /** Settles once the file is in place or has failed. */
  get result(): Promise<DownloadResult> {
    return this.#outcome.promise;
  }

  /** Whether FMET has come. */
  get hasBegun(): boolean {
    return this.#head !== null;
  }

  /** Takes FMET. @throws {ProtocolError} when it does not fit what was asked for */
  onHead(head: DownloadHead): void {
    const { sha256 } = this.#options;
    const offset = this.#askedOffset;
    if (head.offset !== 0 && head.offset !== offset) {
      throw new ProtocolError(
        "bad-sequence",
        `Cannot follow the server: it sends from ${head.offset} on, asked for was ${offset}`,
      );
    }
    this.#head = head;
    this.#receivedBytes = head.offset;
    if (this.#settled) return;
    if (sha256 !== null && head.sha256 !== null && head.sha256 !== sha256) {
      return this.fail(unwantedContent(head.sha256, sha256));
    }
    this.#sink?.begin({
      sizeBytes: head.size,
      offset: head.offset,
      modifiedMs: head.mtime,
      version: head.version.length <= LONGEST_VERSION ? head.version : null,
    });
    this.#options.onProgress(this.#receivedBytes, head.size);
  }

  /** Takes data, whose buffer becomes this object's; `false` where nobody wants it. */
  async onData(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (this.#settled) return false;
    await this.#sink?.write(bytes);
    return true;
  }

  /** Takes the payload of FZST. */
  async onZstd(payload: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!this.#settled) await this.#sink?.writeZstd(payload);
  }

  /** More of the file is in the sink. */
  onBytes(count: number): void {
    this.#receivedBytes += count;
    if (!this.#settled) this.#options.onProgress(this.#receivedBytes, this.#head?.size ?? 0);
  }

  /** Takes FEND: the server has sent all. */
  async onEnd(sha256: string): Promise<void> {
    if (this.#settled) return;
    const wanted = this.#options.sha256;
    if (wanted !== null && sha256 !== wanted) {
      return this.#settle(unwantedContent(sha256, wanted), true);
    }
    const result = await this.#sink?.finish(sha256) ?? null;
    if (result !== null) this.#onCommit(result, sha256);
  }

  /** Takes FAIL. */
  onFail(error: RequestError): void {
    this.#settle(error, false);
  }

  /** Ends it on this side: the part is left behind, and the server is told to stop. */
  fail(error: unknown): void {
    if (this.#settled) return;
    this.#settle(error, false);
    this.#options.onUnwanted();
  }

  #onCommit(result: CommitResult, sha256: string): void {
    if (result === "wrong" || result === "taken") {
      return this.#settle(wrongContent(this.#options.name, result), true);
    }
    this.#settled = true;
    this.#outcome.resolve({
      file: result.path,
      sizeBytes: result.stamp.sizeBytes,
      sha256,
      skipped: false,
      resumedFrom: this.#head?.offset ?? 0,
    });
  }

  #settle(error: unknown, discard: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    const ended = this.#sink?.end(discard) ?? Promise.resolve();
    ended.then(() => this.#outcome.reject(error)); // Whoever tries again finds the part free
  }
}
