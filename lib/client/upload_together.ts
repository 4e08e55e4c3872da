import { abortable } from "@std/async/abortable";
import { integers, sha256At } from "../protocol/batch_head.ts";
import { framesIn } from "../protocol/data_frames.ts";
import { RequestError } from "../protocol/errors.ts";
import { encodeJsonFrame } from "../protocol/frames.ts";
import type { JsonObject } from "../protocol/json.ts";
import { LIMITS } from "../protocol/limits.ts";
import { freeBytes } from "../stream/free_bytes.ts";
import type { PackedLocal } from "../worker/batch_jobs.ts";
import type { HashedLocal } from "./hashes_ahead.ts";
import { inHalves, isTooLong, namesOf } from "./batch_query.ts";
import { BatchReceiver } from "./batch_receiver.ts";
import { takesKnown } from "./claim_known.ts";
import type { TogetherResult } from "./download_together.ts";
import { readAnswer } from "./read_answer.ts";
import type { UploadChannel } from "./upload_channel.ts";

/** A small file to upload together with others. */
export interface SmallUpload {
  /** On this machine. */
  readonly file: string;
  /** On the server; its folder exists. */
  readonly path: string;
  /** Whether a file is there, as far as is known. */
  readonly exists: boolean;
  /** The SHA-256 of that in hex, as listed; `null` where it is not known. */
  readonly listedSha256: string | null;
  /** The real path of a folder that it must lie in; absent for any. */
  readonly within?: string;
  /** Its hash, where that was computed while the server was listed; else `null`. */
  readonly hashed: HashedLocal | null;
}

/** Options of {@link uploadTogether}. */
export interface UploadTogetherOptions {
  readonly replace: boolean;
  /** Let those execute a file that may read it, if its owner here may. */
  readonly exec: boolean;
  /** A room to announce the files in. */
  readonly room?: string;
  readonly signal: AbortSignal;
  /** Called with all bytes that are sent, when more are. */
  readonly onBytes: (bytes: number) => void;
}

/** A file that is in place on the server. */
export interface UploadedSmall {
  /** On this machine. */
  readonly file: string;
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
  readonly skipped: boolean;
  readonly resumedFrom: number;
}

/**
 * Uploads many small files by one request. Where a file is listed, its SHA-256 is compared first, and it is left
 * alone if it is the same.
 *
 * @param files at most `LIMITS.batchFiles`, which are small
 * @returns by file, in their order; `null` for one to be uploaded on its own, which tells why it fails
 * @throws {ConnectionError | ProtocolError} when the connection is lost; the reason of the signal
 */
export async function uploadTogether(
  channel: UploadChannel,
  files: readonly SmallUpload[],
  options: UploadTogetherOptions,
): Promise<TogetherResult<UploadedSmall>[]> {
  return await new GroupUpload(channel, files, options).run();
}

/** Files of a group that are read, by their index in it. */
interface ReadFiles extends PackedLocal {
  readonly indices: readonly number[];
}

class GroupUpload {
  readonly #channel: UploadChannel;
  readonly #files: readonly SmallUpload[];
  readonly #options: UploadTogetherOptions;
  readonly #results: TogetherResult<UploadedSmall>[];
  #sentBytes = 0;

  constructor(
    channel: UploadChannel,
    files: readonly SmallUpload[],
    options: UploadTogetherOptions,
  ) {
    this.#channel = channel;
    this.#files = files;
    this.#options = options;
    this.#results = files.map(() => null);
  }

  async run(): Promise<TogetherResult<UploadedSmall>[]> {
    const { replace, room } = this.#options;
    // Uploaded on its own, a file that is there already is announced, too
    const isAnnounced = room !== undefined && takesKnown(this.#channel);
    const indices = this.#files.map((_, i) => i);
    const isThere = (i: number) => this.#files[i]?.exists === true;
    const isLeft = (i: number) => this.#results[i] === null;
    this.#settleHashed();
    if (!isAnnounced) await this.#compare(indices.filter((i) => isThere(i) && isLeft(i)));
    await this.#send(indices.filter((i) => !isThere(i) || (replace && isLeft(i))));
    return this.#results;
  }

  /** Finds the files that the server has already, among those that were hashed while it was listed. */
  #settleHashed(): void {
    for (const [index, { file, hashed, listedSha256 }] of this.#files.entries()) {
      if (hashed === null || hashed.sha256 !== listedSha256) continue;
      this.#results[index] = { file, ...hashed, skipped: true, resumedFrom: 0 };
    }
  }

  /** Finds the files that the server has already. */
  async #compare(indices: readonly number[]): Promise<void> {
    if (indices.length === 0) return;
    const read = await this.#read(indices, null);
    const asked: number[] = [];
    for (const [at, index] of read.indices.entries()) {
      const listed = this.#files[index]?.listedSha256 ?? null;
      if (listed === null) asked.push(at);
      else if (listed === sha256At(read.sha256, at)) this.#settle(read, at, true);
    }
    await this.#ask(read, asked);
  }

  /** Asks the server which files it has. @param asked by their place among those that are read */
  async #ask(read: ReadFiles, asked: readonly number[]): Promise<void> {
    if (asked.length === 0) return;
    const query = {
      ...this.#names(asked.map((at) => read.indices[at] ?? 0)),
      have: asked.map((at) => sha256At(read.sha256, at)).join("\n"),
      compare: true,
    };
    if (isTooLong("MGET", query)) return await inHalves(asked, (half) => this.#ask(read, half));
    const { head } = await this.#orRefused(async () => {
      const receiver = new BatchReceiver(asked.length);
      this.#channel.protocol.downloadBatch(query, receiver);
      return await receiver.answer;
    }) ?? { head: { same: [] } };
    for (const i of head.same) this.#settle(read, asked[i] ?? 0, true);
  }

  /** Sends files, in as few requests as their names allow. */
  async #send(indices: readonly number[]): Promise<void> {
    if (indices.length === 0) return;
    const { frameBytes } = this.#channel;
    const read = await this.#read(indices, Math.min(LIMITS.batchBytes, frameBytes));
    if (read.indices.length === 0) return;
    const { replace, exec, room } = this.#options;
    const query = {
      ...this.#names(read.indices),
      sizes: read.sizes,
      mtimes: read.mtimes,
      sha256: read.sha256,
      ...(exec && read.exec.length > 0 && { exec: read.exec }),
      ...(replace && { replace }),
      ...(room !== undefined && { room }),
    };
    if (isTooLong("MPUT", query)) return await inHalves(indices, (half) => this.#send(half));
    const answer = await this.#orRefused(async () => await this.#upload(query, read.buffer));
    freeBytes(read.buffer);
    if (answer === null) return;
    const lists = readAnswer(() => listsOf(answer, read.indices.length));
    for (const [at, index] of read.indices.entries()) {
      if (lists.wrong.has(at)) this.#results[index] = { error: new RequestError("integrity") };
      else if (!lists.alone.has(at)) this.#settle(read, at, lists.same.has(at));
    }
  }

  /** Sends a request and its data, as one piece among those of other uploads. */
  async #upload(query: JsonObject, buffer: ArrayBuffer): Promise<JsonObject> {
    const { protocol, context: { connection: { writer } }, uploadLock, frameBytes } = this.#channel;
    const leave = await uploadLock.lock();
    const sending: Promise<void>[] = [];
    const send = (frame: Uint8Array) => void sending.push(writer.sendBulk(frame));
    const { id, done } = protocol.begin("MPUT", query, { send });
    for (const frame of framesIn(buffer, Math.min(LIMITS.batchBytes, frameBytes))) send(frame);
    send(encodeJsonFrame("FEND", { id }));
    leave(); // The lane keeps the order
    const isSent = await Promise.all(sending).then(() => true, () => false);
    if (isSent) this.#options.onBytes(this.#sentBytes += buffer.byteLength);
    return await done; // If the connection has failed, it rejects with the reason
  }

  async #read(indices: readonly number[], frameBytes: number | null): Promise<ReadFiles> {
    this.#options.signal.throwIfAborted();
    const packed = await this.#channel.context.worker().call("packLocal", [{
      paths: indices.map((i) => this.#files[i]?.file ?? ""),
      within: indices.map((i) => this.#files[i]?.within ?? null),
      frameBytes,
    }]);
    return { ...packed, indices: packed.packed.map((at) => indices[at] ?? 0) };
  }

  #names(indices: readonly number[]): JsonObject {
    return namesOf(indices.map((i) => this.#files[i]?.path ?? ""));
  }

  #settle(read: ReadFiles, at: number, skipped: boolean): void {
    const index = read.indices[at] ?? 0;
    this.#results[index] = {
      file: this.#files[index]?.file ?? "",
      sizeBytes: read.sizes[at] ?? 0,
      sha256: sha256At(read.sha256, at),
      skipped,
      resumedFrom: 0,
    };
  }

  /** What `ask` returns; `null` if the server refuses the request: each file then tells why. */
  async #orRefused<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await abortable(ask(), this.#options.signal);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (error instanceof RequestError) return null;
      throw error;
    }
  }
}

/** The files that DONE of MPUT names, by what came of them. */
function listsOf(
  answer: JsonObject,
  files: number,
): Record<"same" | "wrong" | "alone", ReadonlySet<number>> {
  const list = (name: string) =>
    new Set(integers(answer, name, { minimum: 0, maximum: files - 1 }));
  return { same: list("same"), wrong: list("wrong"), alone: list("alone") };
}
