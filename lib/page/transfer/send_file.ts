import { abortable } from "@std/async/abortable";
import { onAbort } from "../../async/on_abort.ts";
import { claimKnown } from "../../client/claim_known.ts";
import { listFolder } from "../../client/list_folder.ts";
import { statPath } from "../../client/stat_path.ts";
import {
  cancelUpload,
  checkOffset,
  checkStored,
  startOverOnce,
} from "../../client/upload_channel.ts";
import { RequestError } from "../../protocol/errors.ts";
import {
  concatBytes,
  DATA_TYPE_CODE,
  encodeFrame,
  encodeJsonFrame,
  HEADER_BYTES,
  writeHeader,
} from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { slicesOf } from "./file_slices.ts";
import { hashFile } from "./hash_file.ts";
import { startSha256 } from "./hasher.ts";
import { startHashing } from "./hashing.ts";
import type { JobControl, Link } from "./link.ts";
import { type MoverResult, SMALL_FILE_BYTES, type UploadJob } from "./mover_messages.ts";

/**
 * Sends a file, which the server verifies. One that it has already, with the same content, is right; the
 * room is told of it, too.
 *
 * @throws {RequestError} `exists` when another file is in the way; others as FPUT
 * @throws {ConnectionError}; {DOMException} when the file cannot be read
 */
export async function sendFile(
  link: Link,
  job: UploadJob,
  control: JobControl,
): Promise<MoverResult> {
  const { size } = job.file;
  try {
    const sha256 = await startOverOnce(() => new FileSending(link, job, control));
    return { sha256, size, blob: null };
  } catch (error) {
    const isTaken = error instanceof RequestError && error.code === "exists";
    const find = isTaken && error.reason === "link-exists" ? hashOfSent : hashOfSame;
    const sha256 = isTaken ? await find(link, job, control).catch(unlessRefused) : null;
    if (sha256 === null) throw error;
    return { sha256, size, blob: null };
  }
}

/** The SHA-256 of the file, if that in its way has the same content; `null` if not, or if that cannot be seen. */
async function hashOfSame(
  link: Link,
  job: UploadJob,
  control: JobControl,
): Promise<string | null> {
  const { protocol } = link;
  const { path, file, room } = job;
  const { signal } = control;
  for await (const entry of listFolder(protocol, path, { signal })) {
    if (entry.type !== "file" || entry.size !== file.size) return null;
    const { sha256 } = await statPath(protocol, path, signal);
    if (sha256 === null || sha256 !== await hashFile(file, control)) return null;
    return room === null ? sha256 : await claim(link, job, sha256, signal);
  }
  return null;
}

/** By a link nothing is seen, but what has come by it the server knows: the answer may have been lost. */
async function hashOfSent(
  link: Link,
  job: UploadJob,
  control: JobControl,
): Promise<string | null> {
  return await claim(link, job, await hashFile(job.file, control), control.signal);
}

/** The SHA-256 of the file, which the server tells the room of, if it has it there already; else `null`. */
async function claim(
  { protocol, connection: { context }, uploadLock }: Link,
  { path, file, room }: UploadJob,
  sha256: string,
  signal: AbortSignal,
): Promise<string | null> {
  const content = { path, sizeBytes: file.size, sha256, modifiedMs: file.lastModified };
  const options = { signal, ...(room !== null && { room }) };
  const result = await claimKnown({ protocol, context, uploadLock }, content, options);
  return result?.sha256 ?? null;
}

/** What may not be seen is no reason to fail otherwise, and a file in the way is none. */
function unlessRefused(error: unknown): null {
  if (error instanceof RequestError && ["denied", "exists"].includes(error.code)) return null;
  throw error;
}

/** One FPUT. */
class FileSending {
  readonly #link: Link;
  readonly #job: UploadJob;
  readonly #control: JobControl;
  /** Fires when the rest of the data is useless. */
  readonly #stop = new AbortController();
  readonly #ready = Promise.withResolvers<number>();
  /** Holds the frame under way. */
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #id = 0;
  /** The fields of DONE. */
  #answer: Promise<Record<string, unknown>> = Promise.resolve({});
  /** Where the data begin. */
  offset = 0;

  constructor(link: Link, job: UploadJob, control: JobControl) {
    this.#link = link;
    this.#job = job;
    this.#control = control;
    const frameBytes = Math.min(link.protocol.hello.limits.data, LIMITS.protocol2DataBytes);
    this.#buffer = new Uint8Array(HEADER_BYTES + Math.min(frameBytes, job.file.size));
  }

  /** @returns the SHA-256 that both sides have computed */
  async run(): Promise<string> {
    const { signal } = this.#control;
    const abortion = onAbort(signal, () => this.#stop.abort(signal.reason));
    try {
      signal.throwIfAborted();
      const sha256 = await this.#send();
      const { size } = this.#job.file;
      this.#control.onProgress({ done: size, phase: "checking", resumedAt: this.offset, size });
      checkStored(await abortable(this.#answer, signal), sha256);
      return sha256;
    } finally {
      abortion[Symbol.dispose]();
    }
  }

  async #send(): Promise<string> {
    const leave = await this.#link.uploadLock.lock();
    try {
      return await (this.#job.file.size <= SMALL_FILE_BYTES
        ? this.#sendSmall(leave)
        : this.#sendLarge());
    } catch (error) {
      await this.#giveUp(error instanceof DOMException && error.name === "NotReadableError");
      // The end of the connection says more than that a write has failed
      if (this.#link.connection.isClosed && !this.#control.signal.aborted) await this.#answer;
      throw error;
    } finally {
      leave();
    }
  }

  /** The next upload need not wait until it has left: the writer keeps the order. */
  async #sendSmall(leave: () => void): Promise<string> {
    const bytes = new Uint8Array(await this.#job.file.arrayBuffer());
    const hasher = await startSha256();
    hasher.update(bytes);
    const sha256 = hasher.digest();
    let request: Uint8Array = new Uint8Array(0);
    this.#ask((frame) => request = frame);
    const data = bytes.length === 0 ? [] : [encodeFrame("FDAT", bytes)];
    const end = encodeJsonFrame("FEND", { id: this.#id, sha256 });
    const sent = this.#writer.sendBulk(concatBytes([request, ...data, end]));
    leave();
    await sent;
    return sha256;
  }

  async #sendLarge(): Promise<string> {
    const ignore = () => {}; // If the connection fails, the answer rejects
    const { identity } = this.#job;
    const key = identity === null ? null : await keyOf(identity);
    this.#ask((frame) => void this.#writer.sendBulk(frame).catch(ignore), key);
    this.#answer.catch((error) => this.#stop.abort(error));
    if (key !== null) this.offset = await this.#whenReady();
    const sha256 = await this.#sendData();
    await this.#writer.sendBulk(encodeJsonFrame("FEND", { id: this.#id, sha256 }));
    return sha256;
  }

  /** @param send sends the request by the bulk lane, so that it keeps its order with the data */
  #ask(send: (frame: Uint8Array) => void, key: string | null = null): void {
    const { path, file, replace, room } = this.#job;
    const { id, done } = this.#link.protocol.begin("FPUT", {
      path,
      size: file.size,
      mtime: file.lastModified,
      ...(key !== null && { key }),
      ...(replace && { replace }),
      ...(room !== null && { room }),
    }, { onReady: (offset) => this.#ready.resolve(offset), send });
    this.#id = id;
    this.#answer = done;
  }

  /** Waits for REDY. */
  async #whenReady(): Promise<number> {
    const offset = await abortable(this.#ready.promise, this.#stop.signal);
    return checkOffset(offset, this.#job.file.size);
  }

  /** Sends what the server lacks; hashes the whole. */
  async #sendData(): Promise<string> {
    const { file } = this.#job;
    const { signal } = this.#stop;
    const hashing = await startHashing(file.size, this.#link.startHashWorker, signal);
    try {
      let done = 0;
      for await (const slice of slicesOf(file, { free: hashing.free })) {
        const known = Math.max(0, Math.min(slice.length, this.offset - done));
        await this.#sendSlice(slice.subarray(known), done + known);
        signal.throwIfAborted();
        done += slice.length;
        await hashing.update(slice);
      }
      if (done !== file.size) throw new DOMException("The file has changed", "NotReadableError");
      return await hashing.digest();
    } finally {
      hashing.end();
    }
  }

  /** @param from the place of the bytes in the file */
  async #sendSlice(bytes: Uint8Array, from: number): Promise<void> {
    const { file: { size } } = this.#job;
    const resumedAt = this.offset;
    const frameBytes = this.#buffer.length - HEADER_BYTES;
    for (let offset = 0; offset < bytes.length; offset += frameBytes) {
      this.#stop.signal.throwIfAborted();
      const part = bytes.subarray(offset, offset + frameBytes);
      await this.#writer.sendBulk(this.#frameOf(part));
      const done = from + offset + part.length;
      this.#control.onProgress({ done, phase: "moving", resumedAt, size });
    }
  }

  /** A frame, valid until the next one: thousands of buffers would be much garbage. */
  #frameOf(data: Uint8Array): Uint8Array {
    writeHeader(new DataView(this.#buffer.buffer), 0, DATA_TYPE_CODE, data.length);
    this.#buffer.set(data, HEADER_BYTES);
    return this.#buffer.subarray(0, HEADER_BYTES + data.length);
  }

  /** Sends FCAN. @param discard whether the file has changed, so that it will never be gone on with */
  async #giveUp(discard: boolean): Promise<void> {
    if (this.#id === 0) return;
    const { protocol, connection: { context } } = this.#link;
    await cancelUpload({ protocol, context }, this.#id, discard);
    // Until then the server still has the part open: nothing could go on with it
    await this.#answer.catch(() => {});
  }

  get #writer() {
    return this.#link.connection.context.connection.writer;
  }
}

/** The key of an upload. */
async function keyOf(identity: string): Promise<string> {
  const hasher = await startSha256();
  hasher.update(new TextEncoder().encode(identity));
  return `web:${hasher.digest().slice(0, 32)}`;
}
