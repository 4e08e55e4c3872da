import { type FilledBuffer, HASH_SLICE_BYTES, type SendPlan } from "../worker/jobs.ts";
import type { StoredFile } from "../files/directory_store.ts";
import { dataBytesOf, newDataBuffer } from "../protocol/data_frames.ts";
import { concatBytes } from "../protocol/frames.ts";
import type { FrameWriter } from "../stream/frames/frame_writer.ts";
import type { FileWorker } from "../worker/file_worker.ts";

/** Buffers that circulate between worker and socket: all that a transfer holds in memory. */
const BUFFERS = 4;
/** Up to this size, copying frames behind their head is cheaper than a write of its own. */
const COPIED_BYTES = 64 * 1024;
const NOTHING = new Uint8Array(0);

/** Where the data go. */
export interface SendOptions {
  readonly writer: FrameWriter;
  /** Fires when nobody wants them any more. */
  readonly signal: AbortSignal;
  /** Frames to send before the data, once the file is open. Default: none. */
  readonly head?: Uint8Array;
  /** Frames to send after the data, given the SHA-256 that the plan wants. Default: none. */
  readonly tail?: (sha256: string | null) => Uint8Array;
  /** Told how far the socket has taken the file, as the position of the next byte. */
  readonly onProgress?: (sentBytes: number) => void;
}

/**
 * Sends the data frames of a file over the bulk lane.
 *
 * The worker reads and frames one buffer while the socket takes another; a buffer goes back to the
 * worker when the socket has taken it, which is what pushes back.
 *
 * @returns the SHA-256 of the whole file in hex, where the plan wants it
 * @throws {RequestError} `changed` before the last byte is sent, if the file is not what it was;
 * the reason of `signal` when that fires
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
    worker.call("endSend", []).catch(() => {}); // A dead worker holds nothing open
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

  constructor(worker: FileWorker, file: StoredFile, plan: SendPlan, options: SendOptions) {
    this.#worker = worker;
    this.#file = file;
    this.#plan = plan;
    this.#options = options;
    this.#unreadBytes = file.stamp.sizeBytes - plan.offset;
    this.#unsentHead = options.head ?? NOTHING;
  }

  async run(): Promise<string | null> {
    if (this.#unreadBytes === 0) return await this.#sendNothing();
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

  /** Opens the file, and gets to the offset. */
  async #begin(): Promise<void> {
    const { offset, hashed, layout } = this.#plan;
    const first = newDataBuffer(layout);
    if (offset === 0 || !hashed) {
      return this.#expect(
        this.#worker.call("startFilling", [this.#file, this.#plan, first], [first]),
      );
    }
    await this.#worker.call("startSend", [this.#file, this.#plan]);
    await this.#skip();
    this.#fill(first);
  }

  /** Hashes what comes before the offset; the SHA-256 if that is the whole file. */
  async #skip(): Promise<string | null> {
    for (;;) {
      const { isDone, sha256 } = await this.#worker.call("skipSlice", [HASH_SLICE_BYTES]);
      this.#options.signal.throwIfAborted();
      if (isDone) return sha256;
    }
  }

  /** All is sent already, or there is nothing in the file. */
  async #sendNothing(): Promise<string | null> {
    let sha256: string | null = null;
    if (this.#plan.hashed) {
      await this.#worker.call("startSend", [this.#file, this.#plan]);
      sha256 = await this.#skip();
    }
    await this.#sendParts([this.#unsentHead, this.#tail(sha256)]);
    return sha256;
  }

  #fill(buffer: ArrayBuffer): void {
    if (this.#unreadBytes > 0) this.#expect(this.#worker.call("fillFrames", [buffer], [buffer]));
  }

  #expect(filled: Promise<FilledBuffer>): void {
    this.#unreadBytes -= dataBytesOf(this.#plan.layout);
    filled.catch(() => {}); // Reported when its turn comes, if it still matters then
    this.#filling.push(filled);
  }

  async #send({ buffer, frameBytes, sha256 }: FilledBuffer, isLast: boolean): Promise<void> {
    const tail = isLast ? this.#tail(sha256) : NOTHING;
    await this.#sendParts([this.#unsentHead, new Uint8Array(buffer, 0, frameBytes), tail]);
    this.#unsentHead = NOTHING;
    const behind = this.#unreadBytes + this.#filling.length * dataBytesOf(this.#plan.layout);
    this.#options.onProgress?.(this.#file.stamp.sizeBytes - Math.max(0, behind));
  }

  #tail(sha256: string | null): Uint8Array {
    return this.#options.tail?.(sha256) ?? NOTHING;
  }

  /** Sends all, as one write where that is cheap. */
  async #sendParts(parts: readonly Uint8Array[]): Promise<void> {
    const { writer } = this.#options;
    const full = parts.filter(({ length }) => length > 0);
    const bytes = full.reduce((sum, { length }) => sum + length, 0);
    if (full.length > 1 && bytes <= COPIED_BYTES) return await writer.sendBulk(concatBytes(full));
    await Promise.all(full.map((part) => writer.sendBulk(part)));
  }
}
