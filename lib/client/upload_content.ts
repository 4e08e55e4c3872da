import { onAbort } from "../async/on_abort.ts";
import {
  dataArea,
  type DataLayout,
  newDataBuffer,
  protocol2Layout,
} from "../protocol/data_frames.ts";
import { encodeJsonFrame } from "../protocol/frames.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload_options.ts";
import { ContentReader, type UploadContent } from "./content_reader.ts";
import { unlessSame } from "./unless_same.ts";
import { cancelUpload, checkStored, type UploadChannel } from "./upload_channel.ts";

/** The block that is hashed at a time where nothing is sent. */
const HASH_BYTES = 1024 * 1024;

/** What is uploaded, and where to. */
export interface ContentSource {
  readonly content: UploadContent;
  /** Exact. */
  readonly sizeBytes: number;
  /** On the server. */
  readonly path: string;
}

/**
 * Uploads content that is in no file by protocol 2, hashed while it is sent. Where it can be read twice,
 * the same content on the server is left alone.
 *
 * @throws as {@link Client.upload} does
 */
export async function uploadContent(
  channel: UploadChannel,
  source: ContentSource,
  options: UploadOptions,
): Promise<UploadResult> {
  const send = () => new ContentUpload(channel, source, options).run();
  if (source.content instanceof ReadableStream) return await send();
  const hash = () => hashContent(channel, source, options.signal);
  return await unlessSame(channel, { ...source, hash }, options, send);
}

async function hashContent(
  { context }: UploadChannel,
  { content }: ContentSource,
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  const reader = new ContentReader(content);
  const worker = context.worker();
  const handle = worker.newHandle();
  try {
    for (;;) {
      const block = new Uint8Array(HASH_BYTES);
      const count = await reader.fill(block, signal);
      if (count === 0) break;
      await worker.call("hashBlock", [handle, block.subarray(0, count)], [block.buffer]);
    }
    return await worker.call("endBlocks", [handle]);
  } catch (error) {
    worker.call("endBlocks", [handle]).catch(() => {}); // A dead worker has no state to forget
    throw error;
  } finally {
    reader.close(signal.reason);
  }
}

/** A content whose last byte is sent. */
interface SentContent {
  /** Its SHA-256 in hex. */
  readonly sha256: string;
  /** The fields of DONE. */
  readonly done: Promise<Record<string, unknown>>;
}

/** One FPUT. */
class ContentUpload {
  readonly #channel: UploadChannel;
  readonly #source: ContentSource;
  readonly #options: UploadOptions;
  readonly #handle: number;
  readonly #layout: DataLayout;
  /** Fires when the rest of the content is useless. */
  readonly #stop = new AbortController();
  #sentBytes = 0;

  constructor(channel: UploadChannel, source: ContentSource, options: UploadOptions) {
    const { context, frameBytes } = channel;
    this.#channel = channel;
    this.#source = source;
    this.#options = options;
    this.#handle = context.worker().newHandle();
    this.#layout = protocol2Layout(Math.max(1, source.sizeBytes), frameBytes);
  }

  async run(): Promise<UploadResult> {
    const { signal } = this.#options;
    const { content, path, sizeBytes } = this.#source;
    using _ = onAbort(signal, () => this.#stop.abort(signal?.reason));
    const reader = new ContentReader(content);
    const leave = await this.#channel.uploadLock.lock(); // The data of uploads must not mix
    try {
      const { sha256, done } = await this.#send(reader).finally(leave);
      checkStored(await done, sha256);
      return { path, sizeBytes, sha256, skipped: false, resumedFrom: 0 };
    } catch (error) {
      reader.close(error);
      throw error;
    }
  }

  async #send(reader: ContentReader): Promise<SentContent> {
    this.#stop.signal.throwIfAborted();
    const { context: { connection, worker } } = this.#channel;
    const { id, done } = this.#ask();
    done.catch((error) => this.#stop.abort(error));
    try {
      await this.#sendBlocks(reader);
      const sha256 = await worker().call("endBlocks", [this.#handle]);
      this.#stop.signal.throwIfAborted();
      await connection.writer.sendBulk(encodeJsonFrame("FEND", { id, sha256 }));
      return { sha256, done };
    } catch (error) {
      await cancelUpload(this.#channel, id, true);
      if (connection.isClosed && !this.#options.signal?.aborted) await done; // It rejects with the reason
      await done.catch(() => {}); // The server has forgotten the upload when it answers
      throw error;
    }
  }

  /** Sends FPUT by the bulk lane, so that it keeps its order with the data. */
  #ask(): { readonly id: number; readonly done: Promise<Record<string, unknown>> } {
    const { replace, room } = this.#options;
    const { writer } = this.#channel.context.connection;
    return this.#channel.protocol.begin("FPUT", {
      path: this.#source.path,
      size: this.#source.sizeBytes,
      mtime: Date.now(),
      ...(replace && { replace }),
      ...(room !== undefined && { room }),
    }, { send: (frame) => void writer.sendBulk(frame).catch(() => {}) }); // `done` tells of it
  }

  /** One block is read and hashed while the one before is sent. */
  async #sendBlocks(reader: ContentReader): Promise<void> {
    const { connection: { writer }, worker } = this.#channel.context;
    const { signal } = this.#stop;
    let sending = Promise.resolve();
    for (;;) {
      const buffer = newDataBuffer(this.#layout);
      // One byte too many tells that there are more: what is behind them may never come
      const left = this.#source.sizeBytes - this.#sentBytes + 1;
      const count = await reader.fill(dataArea(buffer, this.#layout).subarray(0, left), signal);
      this.#checkLength(this.#sentBytes + count, count === 0);
      await sending;
      signal.throwIfAborted();
      this.#onSent();
      if (count === 0) return;
      const args = [this.#handle, buffer, this.#layout, count] as const;
      const { buffer: framed, frameBytes } = await worker().call("frameBlock", [...args], [buffer]);
      sending = writer.sendBulk(new Uint8Array(framed, 0, frameBytes));
      sending.catch(() => {}); // Handled when the next block is ready
      this.#sentBytes += count;
    }
  }

  #onSent(): void {
    this.#options.onProgress?.(this.#sentBytes, this.#source.sizeBytes);
  }

  /** @throws {RangeError} for content that is longer than announced, or ends too early */
  #checkLength(bytes: number, isEnd: boolean): void {
    const { sizeBytes } = this.#source;
    if (bytes === sizeBytes || (bytes < sizeBytes && !isEnd)) return;
    const has = isEnd ? `${bytes}` : "more";
    throw new RangeError(
      `Cannot upload: the content has ${has} bytes, announced were ${sizeBytes}`,
    );
  }
}
