import { join } from "../../files/path.ts";
import type { Reservation } from "../../accounts/link_store.ts";
import type { FileDetails, FileTarget } from "../../files/part_file.ts";
import type { SpaceReservation } from "../../files/reserved_space.ts";
import type { UploadPlace } from "../../files/upload_store.ts";
import { SMALL_FILE_BYTES } from "../../files/small_bytes.ts";
import { RequestError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { type UploadRequest, waitsForReady } from "../../protocol/upload_request.ts";
import { FileSink } from "../../transfer/file_sink.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import { accessPath, resolveFor, watchTransfer } from "../context/path_access.ts";
import type { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";
import { ArrivedBytes } from "./arrived_bytes.ts";
import {
  CataloguePut,
  findCataloguedPlace,
  putKnown,
  sameInCatalogue,
} from "./catalogue_uploads.ts";
import { copyKnown, findAt, findKnown } from "./known_content.ts";
import type { ReceivedFile } from "./received_file.ts";
import type { UploadStream } from "./upload_stream.ts";

/** The data of an upload, up to FEND or FCAN. */
export interface OpenUpload {
  readonly id: number;
  readonly stream: UploadStream;
  /** Whether the client will not go on with it. */
  isDiscarded: boolean;
  /** Whether FEND may tell no hash: of many files it tells none, and of what is refused none is needed. */
  readonly mayOmitHash?: boolean;
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

/** Where a file goes, and the path that it is to have. */
type FoundPlace = UploadPlace & { readonly realPath: string };

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
   * Receives a file and gives it its final name. Sends REDY, except for an upload that is batched, or whose
   * content the server has.
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
    const place = await accessPath(this.#context, wanted, () => this.#findPlace(upload))
      .catch((error) => this.#findSame(upload, error));
    if ("file" in place) return place;
    using _ = await watchTransfer(this.#context, wanted, place, (reason) => cancel.abort(reason));
    cancel.signal.throwIfAborted();
    const { user } = identity;
    const uploadKey = key === null ? null : { user, path, sizeBytes, key };
    const target = { ...await uploads.target(place, replace, uploadKey), ...this.#ofCatalogue() };
    using room = identity.link?.reserve(sizeBytes, partOf(target)) ?? null;
    const received = await uploadLocks.withLock(
      target,
      cancel,
      () => upload.stream.stalledMs(performance.now()),
      () =>
        use(async (worker) =>
          await this.#copyKnown(worker, place, upload) ??
            await this.#store(worker, target, upload, room)
        ),
    );
    if (received === "taken") {
      await uploads.resolve(path, false, resolveFor(this.#context)); // Throws `not-a-file` if something else has the name
      throw new RequestError("exists");
    }
    room?.spend({ path, sha256: received.sha256 });
    hashes.rememberReceived(received.file, received.sha256);
    return received;
  }

  async #findPlace(upload: Upload): Promise<FoundPlace> {
    const { request, request: { path, replace } } = upload;
    const { uploads, catalogue } = this.#context.services;
    this.#check(request);
    if (catalogue !== null) return await findCataloguedPlace(this.#context, catalogue, request);
    const resolve = resolveFor(this.#context);
    const place = isBatchable(upload)
      ? await uploads.resolveNew(path, resolve)
      : await uploads.resolve(path, replace, resolve);
    return { ...place, realPath: join(place.directory, place.name) };
  }

  /** The file that is at the path already, if it has the content. @throws `error` if it has not */
  async #findSame({ request, cancel }: Upload, error: unknown): Promise<ReceivedFile> {
    if (!(error instanceof RequestError) || error.code !== "exists") throw error;
    const { catalogue } = this.#context.services;
    const same = catalogue === null
      ? await this.#sameAt(request, cancel.signal)
      : sameInCatalogue(this.#context, catalogue, request);
    if (same === null) throw error;
    return same;
  }

  async #sameAt(request: UploadRequest, signal: AbortSignal): Promise<ReceivedFile | null> {
    const file = await findAt(this.#context, request, signal);
    if (file === null || request.sha256 === null) return null;
    const { realPath: path, stamp } = file;
    return { file: { path, stamp }, sha256: request.sha256, isKnown: true };
  }

  /** Copies the content from a file that the client may read; `null` if there is none. */
  async #copyKnown(
    worker: FileWorker,
    place: FoundPlace,
    { request, cancel: { signal } }: Upload,
  ): Promise<ReceivedFile | "taken" | null> {
    const { size: sizeBytes, sha256, replace } = request;
    const { realPath } = place;
    const { catalogue } = this.#context.services;
    if (catalogue !== null) {
      const { isExecutable } = this.#detailsOf(request);
      return await putKnown(this.#context, catalogue, { request, realPath, isExecutable });
    }
    const wanted = { size: sizeBytes, sha256, place: realPath };
    const source = await findKnown(this.#context, wanted, signal);
    if (source === null || sha256 === null) return null;
    if (source.file.realPath === realPath) return await this.#sameAt(request, signal);
    const target = await this.#context.services.uploads.target(place, replace, null);
    using _ = await this.#context.services.uploads.space.reserve(target.partBase, sizeBytes);
    const details = { ...this.#detailsOf(request), offset: 0 };
    const copy = { source, target, details, sha256 };
    const file = await copyKnown(this.#context, worker, copy, signal);
    return file === null || file === "taken" ? file : { file, sha256, isKnown: true };
  }

  #detailsOf(
    { size: sizeBytes, mtime: modifiedMs, exec }: UploadRequest,
  ): Omit<FileDetails, "offset"> & { readonly isExecutable: boolean } {
    const isExecutable = exec && this.#context.identity.account !== null;
    return { sizeBytes, modifiedMs, version: null, isExecutable };
  }

  /** The catalogue says what a file replaces, and what it has is not dropped. */
  #ofCatalogue(): Partial<FileTarget> {
    const { catalogue } = this.#context.services;
    return catalogue === null ? {} : { ifTaken: "replace", staysOnError: true };
  }

  #check({ size, room }: UploadRequest): void {
    const { maxUploadBytes } = this.#context.services.settings;
    if (maxUploadBytes !== null && size > maxUploadBytes) {
      const options = { reason: "upload-large", limitBytes: maxUploadBytes } as const;
      throw new RequestError("too-large", undefined, options);
    }
    checkRoom(this.#context, room);
  }

  async #store(
    worker: FileWorker,
    target: FileTarget,
    upload: Upload,
    room: Reservation | null,
  ): Promise<ReceivedFile | "taken"> {
    const { id, request, stream } = upload;
    const { services: { uploads, catalogue }, identity } = this.#context;
    using arrived = new ArrivedBytes();
    const onBytes = (bytes: number) => arrived.add(bytes);
    const sink = this.#openSink(worker, target, { stream, onBytes });
    const details = this.#detailsOf(request);
    const { isExecutable } = details;
    const link = { id: identity.link?.link.id ?? null, room };
    const put = catalogue && new CataloguePut(catalogue, request, { isExecutable, link });
    try {
      const offset = await sink.openPart() ?? stream.throwError();
      const space = isBatchable(upload) ? null : await this.#reserve(target, upload, offset);
      arrived.begin(offset, space);
      upload.cancel.signal.throwIfAborted();
      sink.begin({ ...details, offset });
      if (!isBatchable(upload)) {
        upload.isReady = true;
        this.#replies.send("REDY", { id, offset });
      }
      const sha256 = await writeAll(stream, sink, onBytes);
      room?.expect({ path: request.path, sha256 });
      const result = await (put?.finish(sink, sha256) ?? sink.finish(sha256)) ??
        stream.throwError();
      if (result === "wrong") throw new RequestError("integrity");
      return result === "taken" ? result : { file: result, sha256 };
    } catch (error) {
      const isKept = target.keepBytes > 0 && !upload.isDiscarded && !isLinkFull(error);
      const isDropped = put?.isAgreed !== true && !isKept; // What the catalogue has gets its name later
      await sink.end(isDropped);
      room?.keep(isDropped ? 0 : arrived.bytes);
      if (target.keepBytes > 0) uploads.parts.sweepSoon(); // Never rejects
      throw error;
    }
  }

  #openSink(
    worker: FileWorker,
    target: FileTarget,
    { stream, onBytes }: {
      readonly stream: UploadStream;
      readonly onBytes: (bytes: number) => void;
    },
  ): FileSink {
    const { services: { pool }, connection: { reader }, identity } = this.#context;
    return new FileSink(worker, target, {
      onInflated: onBytes,
      onWritten: (buffer) => reader.recycle(buffer),
      onError: (error) => stream.fail(error),
    }, { lendHasher: () => pool.lendBeside(worker, identity.owner) });
  }

  /** Reserves space before the client sends data. @throws {RequestError} `no-space` */
  async #reserve(
    { partBase }: FileTarget,
    { request, stream }: Upload,
    offset: number,
  ): Promise<SpaceReservation> {
    const { space } = this.#context.services.uploads;
    const isStalled = () => stream.stalledMs(performance.now()) >= LIMITS.stalledUploadMs;
    return await space.reserve(partBase, request.size - offset, isStalled);
  }
}

/** Checks that a client may announce files in a room; `null` is none. @throws {RequestError} */
export function checkRoom(
  { services: { hub }, identity }: SessionContext,
  room: string | null,
): void {
  if (room !== null && identity.link !== null) {
    throw new RequestError("denied", "A link takes no part in the chat", { reason: "link-narrow" });
  }
  if (room === null || hub.maySpeakIn(identity.checkChat(), room)) return;
  throw new RequestError("denied", "Cannot announce the file: the client is not in the room", {
    reason: "room-not-in",
  });
}

/** Whether an upload is here as a whole, and may be written together with others. */
export function isBatchable({ request, stream }: Upload): boolean {
  const { size, replace } = request;
  return size <= SMALL_FILE_BYTES && !waitsForReady(request) && !replace && stream.isWhole;
}

/** Writes all pieces of a stream, and returns the SHA-256 that the client claims. */
async function writeAll(
  stream: UploadStream,
  sink: FileSink,
  onBytes: (bytes: number) => void,
): Promise<string> {
  for (;;) {
    const piece = await stream.next();
    if (piece.kind === "end") return piece.sha256;
    if (piece.kind === "zstd") await sink.writeZstd(piece.bytes);
    else {
      const { length } = piece.bytes; // Its buffer is given away
      await sink.write(piece.bytes);
      onBytes(length);
    }
  }
}

/** Whether other servers have taken what a link had left: the upload can never go on. */
function isLinkFull(error: unknown): boolean {
  return error instanceof RequestError && error.reason === "link-full";
}

/** The name of what is kept of an upload if it breaks off; `null` if it is not. */
function partOf({ keepBytes, partName }: FileTarget): string | null {
  return keepBytes === 0 ? null : partName;
}
