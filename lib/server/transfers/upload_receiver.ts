import { join } from "@std/path";
import type { CommittedFile, FileTarget } from "../../files/part_file.ts";
import type { UploadPlace } from "../../files/upload_store.ts";
import { SMALL_FILE_BYTES } from "../../files/small_content.ts";
import { freeBytes } from "../../files/system.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { UploadRequest } from "../../protocol/requests.ts";
import { FileSink } from "../../transfer/file_sink.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import { accessPath, resolveFor, watchAccess } from "../context/path_access.ts";
import type { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";
import type { UploadStream } from "./upload_stream.ts";

/** The data of an upload, up to FEND or FCAN. */
export interface OpenUpload {
  readonly id: number;
  readonly stream: UploadStream;
  /** Whether the client will not go on with it. */
  isDiscarded: boolean;
}

/** An upload, up to its answer. */
export interface Upload extends OpenUpload {
  readonly request: UploadRequest;
  /** Cancels the upload. */
  readonly cancel: AbortController;
  /** Whether REDY is sent. */
  isReady: boolean;
}

/** Runs a job with a worker. */
export type UseWorker = <T>(job: (worker: FileWorker) => Promise<T>) => Promise<T>;

/** A file that has its final name. */
export interface ReceivedFile {
  readonly file: CommittedFile;
  readonly sha256: string;
}

/** Receives the files that a client uploads. */
export class UploadReceiver {
  readonly #context: SessionContext;
  readonly #replies: Replies;

  /** Receives from the connection of `context`. */
  constructor(context: SessionContext, replies: Replies) {
    this.#context = context;
    this.#replies = replies;
  }

  /**
   * Receives a file and gives it its final name. Sends REDY, except for an upload that is batched.
   *
   * @throws {RequestError | ProtocolError | DiskError} if the file is not stored
   */
  async receive(upload: Upload, use: UseWorker): Promise<ReceivedFile> {
    const { services, identity } = this.#context;
    const { uploads, uploadLocks, hashes, stopping } = services;
    const { request: { path, size: sizeBytes, key, replace }, cancel } = upload;
    cancel.signal.throwIfAborted();
    if (stopping.aborted) throw new RequestError("shutting-down");
    const wanted = { request: "FPUT", path, replace } as const;
    const place = await accessPath(this.#context, wanted, () => this.#findPlace(upload));
    using _ = watchAccess(this.#context, wanted, place, (reason) => cancel.abort(reason));
    const { user } = identity;
    const uploadKey = key === null ? null : { user, path, sizeBytes, key };
    const target = await uploads.target(place, replace, uploadKey);
    const received = await uploadLocks.withLock(
      target,
      cancel,
      () => upload.stream.stalledMs(performance.now()),
      () => use((worker) => this.#store(worker, target, upload)),
    );
    if (received === "taken") {
      await uploads.resolve(path, false, resolveFor(this.#context)); // Throws `not-a-file` if something else has the name
      throw new RequestError("exists");
    }
    hashes.rememberReceived(received.file, received.sha256);
    return received;
  }

  async #findPlace(upload: Upload): Promise<UploadPlace & { readonly realPath: string }> {
    const { request: { path, replace } } = upload;
    const { uploads } = this.#context.services;
    const resolve = resolveFor(this.#context);
    this.#check(upload.request);
    const place = isBatchable(upload)
      ? await uploads.resolveNew(path, resolve)
      : await uploads.resolve(path, replace, resolve);
    return { ...place, realPath: join(place.directory, place.name) };
  }

  #check({ size, room }: UploadRequest): void {
    const { services: { settings, hub }, identity } = this.#context;
    const { maxUploadBytes } = settings;
    if (maxUploadBytes !== null && size > maxUploadBytes) {
      const options = { reason: "upload-large", limitBytes: maxUploadBytes } as const;
      throw new RequestError("too-large", undefined, options);
    }
    if (room === null || hub.maySpeakIn(identity.checkChat(), room)) return;
    throw new RequestError("denied", "Cannot announce the file: the client is not in the room", {
      reason: "room-not-in",
    });
  }

  async #store(
    worker: FileWorker,
    target: FileTarget,
    upload: Upload,
  ): Promise<ReceivedFile | "taken"> {
    const { id, request: { size: sizeBytes, mtime: modifiedMs }, stream } = upload;
    const { services: { uploads }, connection: { reader } } = this.#context;
    const sink = new FileSink(worker, target, {
      onWritten: (buffer) => reader.recycle(buffer),
      onError: (error) => stream.fail(error),
    });
    try {
      const offset = await sink.openPart() ?? stream.throwError();
      if (!isBatchable(upload)) await checkSpace(target.partBase, sizeBytes - offset);
      upload.cancel.signal.throwIfAborted();
      sink.begin({ sizeBytes, offset, modifiedMs, version: null });
      if (!isBatchable(upload)) {
        upload.isReady = true;
        this.#replies.send("REDY", { id, offset });
      }
      const sha256 = await writeAll(stream, sink);
      const result = await sink.finish(sha256) ?? stream.throwError();
      if (result === "wrong") throw new RequestError("integrity");
      return result === "taken" ? result : { file: result, sha256 };
    } catch (error) {
      await sink.end(target.keepBytes === 0 || upload.isDiscarded);
      if (target.keepBytes > 0) uploads.parts.sweepSoon(); // Never rejects
      throw error;
    }
  }
}

/** Whether an upload is here as a whole, and may be written together with others. */
export function isBatchable({ request: { size, key, replace }, stream }: Upload): boolean {
  return size <= SMALL_FILE_BYTES && key === null && !replace && stream.isWhole;
}

/** Writes all pieces of a stream, and returns the SHA-256 that the client claims. */
async function writeAll(stream: UploadStream, sink: FileSink): Promise<string> {
  for (;;) {
    const piece = await stream.next();
    if (piece.kind === "end") return piece.sha256;
    if (piece.kind === "zstd") await sink.writeZstd(piece.bytes);
    else await sink.write(piece.bytes);
  }
}

/** Fails before the client sends data, if the disk is known to be too full. */
async function checkSpace(folder: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free !== null && neededBytes > free) throw new RequestError("no-space");
}
