import { abortable } from "@std/async/abortable";
import { integers, sha256At } from "../protocol/batch_head.ts";
import { framesIn } from "../protocol/data_frames.ts";
import { RequestError } from "../protocol/errors.ts";
import { encodeJsonFrame } from "../protocol/frames.ts";
import type { JsonObject } from "../protocol/json.ts";
import { LIMITS } from "../protocol/limits.ts";
import { freeBytes } from "../stream/frames/free_bytes.ts";
import type { PackedLocal } from "../worker/batch_jobs.ts";
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
  /** Its bytes, as found; one of another size by now is uploaded on its own. */
  readonly sizeBytes: number;
  /** Its SHA-256 in hex, where that was computed while the server was listed; else `null`. */
  readonly sha256: string | null;
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
    const isListed = (i: number) => (this.#files[i]?.listedSha256 ?? null) !== null;
    if (!isAnnounced) {
      await this.#compare(indices.filter(isListed));
      await this.#askAll(indices.filter((i) => isThere(i) && !isListed(i)));
    }
    await this.#send(indices.filter((i) => !isThere(i) || (replace && isLeft(i))));
    return this.#results;
  }

  /** Finds the files that the server has already, among those that it has listed with their hashes. */
  async #compare(indices: readonly number[]): Promise<void> {
    const unknown = indices.filter((i) => this.#files[i]?.sha256 === null);
    const hashes = await this.#hash(unknown);
    const computed = new Map(unknown.map((i, at) => [i, hashes[at] ?? null]));
    for (const i of indices) {
      const found = this.#files[i];
      const sha256 = found?.sha256 ?? computed.get(i) ?? null;
      if (found === undefined || sha256 === null || sha256 !== found.listedSha256) continue;
      const { file, sizeBytes } = found;
      this.#results[i] = { file, sizeBytes, sha256, skipped: true, resumedFrom: 0 };
    }
  }

  async #hash(indices: readonly number[]): Promise<readonly (string | null)[]> {
    if (indices.length === 0) return [];
    this.#options.signal.throwIfAborted();
    return await this.#channel.context.worker().call("hashFound", [{
      paths: indices.map((i) => this.#files[i]?.file ?? ""),
      sizes: indices.map((i) => this.#files[i]?.sizeBytes ?? 0),
    }]);
  }

  /** Finds the files that the server has already, among all others. */
  async #askAll(indices: readonly number[]): Promise<void> {
    if (indices.length === 0) return;
    const read = await this.#read(indices);
    freeBytes(read.buffer);
    await this.#ask(read, [...read.indices.keys()]);
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
    const read = await this.#read(indices);
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
    const { protocol, context: { connection: { writer } }, uploadLock } = this.#channel;
    const leave = await uploadLock.lock();
    const sending: Promise<void>[] = [];
    const send = (frame: Uint8Array) => void sending.push(writer.sendBulk(frame));
    const { id, done } = protocol.begin("MPUT", query, { send });
    for (const frame of framesIn(buffer, this.#frameBytes)) send(frame);
    send(encodeJsonFrame("FEND", { id }));
    leave(); // The lane keeps the order
    const isSent = await Promise.all(sending).then(() => true, () => false);
    if (isSent) this.#options.onBytes(this.#sentBytes += buffer.byteLength);
    return await done; // If the connection has failed, it rejects with the reason
  }

  get #frameBytes(): number {
    return Math.min(LIMITS.batchBytes, this.#channel.frameBytes);
  }

  async #read(indices: readonly number[]): Promise<ReadFiles> {
    this.#options.signal.throwIfAborted();
    const packed = await this.#channel.context.worker().call("packLocal", [{
      paths: indices.map((i) => this.#files[i]?.file ?? ""),
      within: indices.map((i) => this.#files[i]?.within ?? null),
      frameBytes: this.#frameBytes,
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
