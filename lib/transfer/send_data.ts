import type { StoredFile } from "../files/directory_store.ts";
import { dataBytesOf, newDataBuffer } from "../protocol/data_frames.ts";
import { concatBytes } from "../protocol/frames.ts";
import type { BulkWriter } from "../stream/frames/bulk_writer.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import { HASH_SLICE_BYTES } from "../worker/hash_slice.ts";
import type { FilledBuffer, SendPlan } from "../worker/jobs.ts";

/** Buffers that circulate between worker and socket: all the memory of a transfer. */
const BUFFERS = 4;
/** Up to this size, copying several parts into one write is cheaper than separate writes. */
const MAX_COPIED_BYTES = 64 * 1024;
const NO_BYTES = new Uint8Array(0);

/** Options of {@link sendData}. */
export interface SendOptions {
  readonly writer: BulkWriter;
  /** Aborts the transfer. */
  readonly signal: AbortSignal;
  /** Frames to send before the data, once the file is open. Default: none. */
  readonly head?: Uint8Array;
  /** Frames to send after the data; gets the SHA-256 if the plan is `hashed`. Default: none. */
  readonly tail?: (sha256: string | null) => Uint8Array;
  /** Called with the position of the next byte of the file to be sent. */
  readonly onProgress?: (sentBytes: number) => void;
  /**
   * Resolves when the bytes of the file before a position may be read. Default: all may.
   *
   * @throws what the transfer fails with
   */
  readonly until?: (position: number) => Promise<void>;
}

/**
 * Sends the data frames of a file over the bulk lane.
 *
 * The worker reads and frames one buffer while the socket sends another; a buffer returns to the
 * worker only after it is sent, which is the back-pressure.
 *
 * @returns the SHA-256 of the whole file in hex if the plan is `hashed`, else `null`
 * @throws {RequestError} `changed`, before the last byte is sent, if the file has changed
 * @throws the reason of `signal` if that fires
 */
export async function sendData(
  worker: FileWorker,
  file: StoredFile,
  plan: SendPlan,
  options: SendOptions,
): Promise<string | null> {
  try {
    return await new DataSender(worker, file, plan, options).run();
  } catch (error) {
    worker.call("endSend", []).catch(() => {}); // A dead worker has no open files
    throw error;
  }
}

class DataSender {
  readonly #worker: FileWorker;
  readonly #file: StoredFile;
  readonly #plan: SendPlan;
  readonly #options: SendOptions;
  readonly #filling: Promise<FilledBuffer>[] = [];
  #unreadBytes: number;
  #unsentHead: Uint8Array;
  /** Resolves when the last buffer is asked for that had to wait. */
  #asked: Promise<unknown> = Promise.resolve();

  constructor(worker: FileWorker, file: StoredFile, plan: SendPlan, options: SendOptions) {
    this.#worker = worker;
    this.#file = file;
    this.#plan = plan;
    this.#options = options;
    this.#unreadBytes = this.#end - plan.offset;
    this.#unsentHead = options.head ?? NO_BYTES;
  }

  async run(): Promise<string | null> {
    if (this.#unreadBytes === 0) return await this.#sendWithoutData();
    await this.#begin();
    for (let i = 1; i < BUFFERS && this.#unreadBytes > 0; i++) {
      this.#fill(newDataBuffer(this.#plan.layout));
    }
    for (;;) {
      const filled = await this.#filling.shift();
      if (filled === undefined) throw new Error("Cannot send the file: its last buffer is missing");
      this.#options.signal.throwIfAborted();
      const isLast = this.#filling.length === 0 && this.#unreadBytes <= 0;
      await this.#send(filled, isLast);
      if (isLast) return filled.sha256;
      this.#fill(filled.buffer);
    }
  }

  /** Opens the file and moves to the offset. */
  async #begin(): Promise<void> {
    const { offset, hashed, layout } = this.#plan;
    const first = newDataBuffer(layout);
    if (offset === 0 || !hashed) {
      return this.#expect(() => {
        return this.#worker.call("startFilling", [this.#file, this.#plan, first], [first]);
      });
    }
    await this.#worker.call("startSend", [this.#file, this.#plan]);
    await this.#skip();
    this.#fill(first);
  }

  /** Hashes the bytes before the offset; returns the SHA-256 if they are the whole file. */
  async #skip(): Promise<string | null> {
    for (;;) {
      const { isDone, sha256 } = await this.#worker.call("hashSkippedSlice", [HASH_SLICE_BYTES]);
      this.#options.signal.throwIfAborted();
      if (isDone) return sha256;
    }
  }

  /** For an empty file, or an offset at its end. */
  async #sendWithoutData(): Promise<string | null> {
    let sha256: string | null = null;
    if (this.#plan.hashed) {
      await this.#worker.call("startSend", [this.#file, this.#plan]);
      sha256 = await this.#skip();
    }
    await this.#sendParts([this.#unsentHead, this.#tail(sha256)]);
    return sha256;
  }

  #fill(buffer: ArrayBuffer): void {
    if (this.#unreadBytes > 0) {
      this.#expect(() => this.#worker.call("fillFrames", [buffer], [buffer]));
    }
  }

  /** Fills a buffer, once its bytes may be read and the buffers before it are asked for. */
  #expect(fill: () => Promise<FilledBuffer>): void {
    this.#unreadBytes -= dataBytesOf(this.#plan.layout);
    const { until } = this.#options;
    const ready = until &&
      Promise.all([until(this.#end - Math.max(0, this.#unreadBytes)), this.#asked]);
    if (ready !== undefined) this.#asked = ready;
    const filled = ready === undefined ? fill() : ready.then(fill);
    filled.catch(() => {}); // Handled when `run` reaches this buffer
    this.#filling.push(filled);
  }

  async #send({ buffer, frameBytes, sha256 }: FilledBuffer, isLast: boolean): Promise<void> {
    const tail = isLast ? this.#tail(sha256) : NO_BYTES;
    await this.#sendParts([this.#unsentHead, new Uint8Array(buffer, 0, frameBytes), tail]);
    this.#unsentHead = NO_BYTES;
    const behind = this.#unreadBytes + this.#filling.length * dataBytesOf(this.#plan.layout);
    this.#options.onProgress?.(this.#end - Math.max(0, behind));
  }

  /** The position behind the last byte to send. */
  get #end(): number {
    return this.#plan.end ?? this.#file.stamp.sizeBytes;
  }

  #tail(sha256: string | null): Uint8Array {
    return this.#options.tail?.(sha256) ?? NO_BYTES;
  }

  /** Sends the parts, as one write if copying them is cheap. */
  async #sendParts(parts: readonly Uint8Array[]): Promise<void> {
    const { writer } = this.#options;
    const filled = parts.filter(({ length }) => length > 0);
    const bytes = filled.reduce((sum, { length }) => sum + length, 0);
    if (filled.length > 1 && bytes <= MAX_COPIED_BYTES) {
      return await writer.sendBulk(concatBytes(filled));
    }
    await Promise.all(filled.map((part) => writer.sendBulk(part)));
  }
}
