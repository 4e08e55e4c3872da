import { abortable } from "@std/async/abortable";
import { onAbort } from "../async/on_abort.ts";
import type { StoredFile } from "../files/directory_store.ts";
import { resumeKey } from "../files/local_file.ts";
import { SMALL_FILE_BYTES } from "../files/small_bytes.ts";
import { protocol2Layout } from "../protocol/data_frames.ts";
import { RequestError } from "../protocol/errors.ts";
import { concatBytes, encodeJsonFrame } from "../protocol/frames.ts";
import { hashFile } from "../transfer/file_hashes.ts";
import { sendData } from "../transfer/send_data.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload_options.ts";
import type { SmallFile } from "../worker/small_file.ts";
import { claimKnown, takesKnown } from "./claim_known.ts";
import { unlessSame } from "./unless_same.ts";
import {
  cancelUpload,
  checkOffset,
  checkStored,
  startOverOnce,
  type UploadChannel,
} from "./upload_channel.ts";

/** Smaller files are always sent from the beginning: that costs less than to ask. */
const RESUMABLE_BYTES = 1024 * 1024;

/** A file to send. */
export interface UploadSource {
  readonly file: StoredFile;
  /** The content, if the file is small and was read already. */
  readonly small: SmallFile | null;
}

/**
 * Uploads one file by protocol 2. A file with the same content that the server has already is left
 * alone; an upload that broke off is continued.
 *
 * @throws as {@link Client.upload} does
 */
export async function uploadFile(
  channel: UploadChannel,
  source: UploadSource,
  path: string,
  options: UploadOptions,
): Promise<UploadResult> {
  const { file, small } = source;
  const hash = async () => {
    if (small !== null) return small.sha256;
    const leave = await channel.uploadLock.lock(); // A worker hashes one file at a time
    return await hashFile(channel.context.worker(), file, { signal: options.signal }).finally(
      leave,
    );
  };
  const { sizeBytes, modifiedMs } = file.stamp;
  const content = { path, sizeBytes, hash };
  const { room, known = room !== undefined } = options;
  if (known && sizeBytes > SMALL_FILE_BYTES && takesKnown(channel)) {
    const { isExecutable = false } = file;
    const wanted = { path, sizeBytes, sha256: await hash(), modifiedMs, isExecutable };
    const result = await claimKnown(channel, wanted, options);
    if (result !== null) return result;
  }
  const send = () => startOverOnce(() => new FileUpload(channel, source, path, options));
  return await unlessSame(channel, content, options, send);
}

/** One FPUT. */
class FileUpload {
  readonly #channel: UploadChannel;
  readonly #file: StoredFile;
  readonly #small: SmallFile | null;
  readonly #path: string;
  readonly #options: UploadOptions;
  /** Fires when the rest of the data is useless. */
  readonly #stop = new AbortController();
  readonly #ready = Promise.withResolvers<number>();
  #id = 0;
  /** The fields of DONE. */
  #answer: Promise<Record<string, unknown>> = Promise.resolve({});
  /** Where the data begin. */
  offset = 0;

  constructor(
    channel: UploadChannel,
    { file, small }: UploadSource,
    path: string,
    options: UploadOptions,
  ) {
    this.#channel = channel;
    this.#file = file;
    this.#small = small;
    this.#path = path;
    this.#options = options;
  }

  async run(): Promise<UploadResult> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    using _ = onAbort(signal, () => this.#stop.abort(signal?.reason));
    const sha256 = await this.#send();
    checkStored(await this.#answer, sha256);
    const { sizeBytes } = this.#file.stamp;
    return { path: this.#path, sizeBytes, sha256, skipped: false, resumedFrom: this.offset };
  }

  /** Sends the request and the data. @returns the SHA-256 of what was sent */
  async #send(): Promise<string> {
    const leave = await this.#channel.uploadLock.lock();
    try {
      return await (this.#small === null ? this.#sendFile() : this.#sendSmall(this.#small, leave));
    } catch (error) {
      const isChanged = error instanceof RequestError && error.code === "changed";
      await cancelUpload(this.#channel, this.#id, isChanged);
      const { isClosed } = this.#channel.context.connection;
      if (isClosed && !this.#options.signal?.aborted) await this.#answer; // It rejects with the reason
      throw error;
    } finally {
      leave();
    }
  }

  async #sendFile(): Promise<string> {
    const { connection: { writer }, worker } = this.#channel.context;
    worker(); // It starts while the server prepares
    const ignore = () => {}; // If the connection fails, the answer rejects
    this.#ask((frame) => void writer.sendBulk(frame).catch(ignore));
    this.#answer.catch((error) => this.#stop.abort(error));
    if (this.#isResumable) this.offset = await this.#whenReady();
    return await this.#sendData();
  }

  /** As one piece. The next upload need not wait until it has left: the lane keeps the order. */
  async #sendSmall({ buffer, sha256 }: SmallFile, leave: () => void): Promise<string> {
    let request: Uint8Array = new Uint8Array(0);
    this.#ask((frame) => request = frame);
    const end = encodeJsonFrame("FEND", { id: this.#id, sha256 });
    const { writer } = this.#channel.context.connection;
    const sent = writer.sendBulk(concatBytes([request, new Uint8Array(buffer), end]));
    leave();
    await sent;
    const { sizeBytes } = this.#file.stamp;
    this.#options.onProgress?.(sizeBytes, sizeBytes);
    return sha256;
  }

  get #isResumable(): boolean {
    const { resume = true } = this.#options;
    return resume && this.#file.stamp.sizeBytes >= RESUMABLE_BYTES;
  }

  /** @param send sends the request by the bulk lane, so that it keeps its order with the data */
  #ask(send: (frame: Uint8Array) => void): void {
    const { replace, room, exec = true } = this.#options;
    const { sizeBytes, modifiedMs } = this.#file.stamp;
    const { id, done } = this.#channel.protocol.begin("FPUT", {
      path: this.#path,
      size: sizeBytes,
      mtime: modifiedMs,
      ...(this.#isResumable && { key: resumeKey(this.#file) }),
      ...(replace && { replace }),
      ...(room !== undefined && { room }),
      ...(exec && this.#file.isExecutable && { exec }),
    }, { onReady: (offset) => this.#ready.resolve(offset), send });
    this.#id = id;
    this.#answer = done;
  }

  /** Waits for REDY. */
  async #whenReady(): Promise<number> {
    const { signal } = this.#stop;
    return checkOffset(await abortable(this.#ready.promise, signal), this.#file.stamp.sizeBytes);
  }

  /** Sends data and FEND. @returns the SHA-256 of the whole file */
  async #sendData(): Promise<string> {
    const { protocol: { hello }, context, frameBytes } = this.#channel;
    const { connection: { writer }, worker } = context;
    const { onProgress, zstd = false } = this.#options;
    const { sizeBytes } = this.#file.stamp;
    const plan = {
      layout: protocol2Layout(sizeBytes - this.offset, frameBytes),
      offset: this.offset,
      hashed: true,
      zstd: zstd && hello.features.includes("zstd"),
    };
    const sha256 = await sendData(worker(), this.#file, plan, {
      writer,
      signal: this.#stop.signal,
      tail: (sha256) => encodeJsonFrame("FEND", { id: this.#id, sha256 }),
      ...(onProgress && { onProgress: (sent: number) => onProgress(sent, sizeBytes) }),
    });
    return sha256 ?? "";
  }
}
