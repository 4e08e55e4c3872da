import { abortable } from "@std/async/abortable";
import { onAbort } from "../async/on_abort.ts";
import type { StoredFile } from "../files/directory_store.ts";
import { resumeKey } from "../files/local_file.ts";
import { decodeStatus, decodeStoredUpload } from "../protocol/answers.ts";
import { protocol2Layout } from "../protocol/data_frames.ts";
import { RequestError } from "../protocol/errors.ts";
import { concatBytes, encodeJsonFrame } from "../protocol/frames.ts";
import type { SmallFile } from "../worker/small_file.ts";
import { hashFile } from "../transfer/file_hashes.ts";
import { sendData } from "../transfer/send_data.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload.ts";
import type { ConnectionContext } from "./client_protocol.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";
import type { Mutex } from "../async/mutex.ts";

/** Smaller files are sent again from the beginning: that costs less than to ask. */
const RESUMABLE_BYTES = 1024 * 1024;

/** What is to be sent. */
export interface UploadSource {
  readonly file: StoredFile;
  /** Its content, if it is small and has been read. */
  readonly small: SmallFile | null;
}

/** What a connection offers to an upload. */
export interface UploadChannel {
  readonly protocol: Protocol2Client;
  readonly context: ConnectionContext;
  readonly uploadLock: Mutex;
}

/**
 * Uploads one file by protocol 2: leaves one alone that is there already and the same, and goes on
 * where an earlier upload broke off.
 *
 * @throws as {@link Client.upload} does
 */
export async function uploadFile(
  channel: UploadChannel,
  source: UploadSource,
  path: string,
  options: UploadOptions,
): Promise<UploadResult> {
  const { replace = false, isThere = replace } = options;
  const there = isThere ? await findSame(channel, source, path, options) : null;
  if (there !== null) return there;
  try {
    return await send(channel, source, path, options);
  } catch (error) {
    const isTaken = error instanceof RequestError && error.code === "exists";
    const same = isTaken && !isThere ? await findSame(channel, source, path, options) : null;
    if (same === null) throw error;
    return same;
  }
}

/**
 * Should the whole not be right in the end, the server held something else than it seemed, which it
 * has dropped then: the upload starts over, once.
 */
async function send(
  channel: UploadChannel,
  source: UploadSource,
  path: string,
  options: UploadOptions,
): Promise<UploadResult> {
  const first = new FileUpload(channel, source, path, options);
  try {
    return await first.run();
  } catch (error) {
    const isSpoilt = error instanceof RequestError && error.code === "integrity";
    if (!isSpoilt || first.offset === 0) throw error;
    return await new FileUpload(channel, source, path, options).run();
  }
}

/** The file on the server, if it has the same content already. */
async function findSame(
  { protocol, context, uploadLock }: UploadChannel,
  { file, small }: UploadSource,
  path: string,
  { signal }: UploadOptions,
): Promise<UploadResult | null> {
  const answer = await protocol.request("STAT", { path }, signal).catch(noneAsNull);
  const status = answer && readAnswer(() => decodeStatus(answer));
  const { sizeBytes } = file.stamp;
  if (status === null || status.size !== sizeBytes || status.sha256 === null) return null;
  const sha256 = small?.sha256 ?? await hash();
  if (sha256 !== status.sha256) return null;
  return { path, sizeBytes: sizeBytes, sha256, skipped: true, resumedFrom: 0 };

  async function hash(): Promise<string> {
    const leave = await uploadLock.lock(); // The worker hashes one file at a time
    return await hashFile(context.worker(), file, () => signal?.throwIfAborted()).finally(leave);
  }
}

/** Nothing is there, or nothing that may be looked at. */
function noneAsNull(error: unknown): null {
  if (error instanceof RequestError) return null;
  throw error;
}

/** One FPUT. */
class FileUpload {
  readonly #channel: UploadChannel;
  readonly #file: StoredFile;
  readonly #small: SmallFile | null;
  readonly #path: string;
  readonly #options: UploadOptions;
  /** Fires when there is no point in sending on. */
  readonly #stop = new AbortController();
  readonly #ready = Promise.withResolvers<number>();
  #id = 0;
  /** What DONE tells. */
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
    const sentSha256 = await this.#send();
    const answer = await this.#answer;
    const { sha256 } = readAnswer(() => decodeStoredUpload(answer));
    // The server has checked it; that it says another one now is its own mistake
    if (sha256 !== sentSha256) throw new RequestError("integrity");
    const { sizeBytes } = this.#file.stamp;
    return { path: this.#path, sizeBytes, sha256, skipped: false, resumedFrom: this.offset };
  }

  /** Sends the request and the data; the SHA-256 of what was sent. */
  async #send(): Promise<string> {
    const leave = await this.#channel.uploadLock.lock();
    try {
      return await (this.#small === null ? this.#sendFile() : this.#sendSmall(this.#small, leave));
    } catch (error) {
      await this.#giveUp();
      const { isClosed } = this.#channel.context.connection;
      if (isClosed && !this.#options.signal?.aborted) await this.#answer; // It knows why
      throw error;
    } finally {
      leave();
    }
  }

  async #sendFile(): Promise<string> {
    const { connection: { writer }, worker } = this.#channel.context;
    worker(); // It starts while the server makes ready
    const ignore = () => {}; // Should the connection fail, the answer tells
    this.#ask((frame) => void writer.sendBulk(frame).catch(ignore));
    this.#answer.catch((error) => this.#stop.abort(error));
    if (this.#isResumable) this.offset = await this.#whenReady();
    return await this.#sendData();
  }

  /** As one piece. The next upload need not wait until it has left: it keeps its place before it. */
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

  /** @param send is given the request, for the bulk lane: all that belongs together keeps its order */
  #ask(send: (frame: Uint8Array) => void): void {
    const { replace, room } = this.#options;
    const { sizeBytes, modifiedMs } = this.#file.stamp;
    const { id, done } = this.#channel.protocol.begin("FPUT", {
      path: this.#path,
      size: sizeBytes,
      mtime: modifiedMs,
      ...(this.#isResumable && { key: resumeKey(this.#file) }),
      ...(replace && { replace }),
      ...(room !== undefined && { room }),
    }, { onReady: (offset) => this.#ready.resolve(offset), send });
    this.#id = id;
    this.#answer = done;
  }

  /** Waits for REDY. */
  async #whenReady(): Promise<number> {
    const { signal } = this.#stop;
    const offset = await abortable(this.#ready.promise, signal);
    if (offset <= this.#file.stamp.sizeBytes) return offset;
    throw new RequestError("integrity", "Cannot go on: the server has more than there is");
  }

  /** Sends data and FEND; the SHA-256 of the whole file. */
  async #sendData(): Promise<string> {
    const { protocol: { hello }, context: { connection: { writer }, worker } } = this.#channel;
    const { onProgress, zstd = false } = this.#options;
    const { sizeBytes } = this.#file.stamp;
    const plan = {
      layout: protocol2Layout(sizeBytes - this.offset, hello.limits.data),
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

  /** Says that no more data come, behind those that are on their way. */
  async #giveUp(): Promise<void> {
    const { writer } = this.#channel.context.connection;
    // Where the connection is gone there is nobody to tell
    await writer.sendBulk(encodeJsonFrame("FCAN", { id: this.#id })).catch(() => {});
  }
}
