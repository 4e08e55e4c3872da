import { asRequestError } from "../files/disk_error.ts";
import { versionOf } from "../files/file_identity.ts";
import { freeBytes } from "../files/free_space.ts";
import type { FileTarget, PlacedFile } from "../files/part_file.ts";
import { ProtocolError, RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { UploadRequest } from "../protocol/requests.ts";
import { FileSink } from "../transfer/file_sink.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import { RequestQueue } from "./request_queue.ts";
import type { ClientIdentity } from "./client_identity.ts";
import type { SessionContext } from "./session_context.ts";
import type { ServerServices } from "./services.ts";
import { UploadStream, WaitingRoom } from "./upload_stream.ts";

/** How uploads talk to their connection. */
export interface UploadAnswers {
  /** Data may come, from that offset on. */
  ready(id: number, offset: number): void;
  /** The last answer: the request is not under way any more. */
  done(id: number, result: Record<string, unknown>): void;
  /** The same for a failure, which is logged. */
  fail(id: number, error: unknown, path: string | undefined): void;
  /** The client broke the rules of the wire. */
  violated(error: ProtocolError): void;
  /** A buffer that data came in, to be used again. */
  recycle(buffer: ArrayBuffer): void;
  /** Whether nothing new is begun. */
  isRefusing(): boolean;
}

/** The data of an upload, from FPUT to FEND or FCAN. */
interface OpenUpload {
  readonly id: number;
  readonly stream: UploadStream;
}

/** One upload, from FPUT to its answer. */
interface Upload extends OpenUpload {
  readonly request: UploadRequest;
  /** Ends it. */
  readonly cancel: AbortController;
  /** REDY is sent. */
  isReady: boolean;
}

/** A file that is there now. */
interface Received {
  readonly file: PlacedFile;
  readonly sha256: string;
}

/** The FPUT requests of one protocol 2 connection, carried out one after the other. */
export class Uploads {
  readonly #services: ServerServices;
  readonly #identity: ClientIdentity;
  readonly #answers: UploadAnswers;
  readonly #queue = new RequestQueue();
  readonly #waitingRoom = new WaitingRoom(LIMITS.earlyDataBytes);
  /** Those whose FEND or FCAN has not come yet, in the order in which their data come. */
  #open: OpenUpload[] = [];

  /** @param context of the connection that the data come from */
  constructor({ services, identity }: SessionContext, answers: UploadAnswers) {
    this.#services = services;
    this.#identity = identity;
    this.#answers = answers;
  }

  /** Whether an upload can go on only with data that have not come. */
  get isHungry(): boolean {
    return this.#open[0]?.stream.isHungry === true;
  }

  /** Queues a request. `cancel` is fired when it is cancelled, or the client is gone. */
  add(id: number, request: UploadRequest, cancel: AbortController): void {
    const stream = new UploadStream(this.#waitingRoom);
    const { signal } = cancel;
    signal.addEventListener("abort", () => stream.fail(signal.reason), { once: true });
    const upload = { id, request, cancel, stream, isReady: false };
    this.#open.push(upload);
    this.#queue.add({ prepare: () => {}, answer: () => this.#answer(upload) });
  }

  /** Refuses a request when its turn comes. Data that its client may have sent are dropped. */
  addRefused(
    id: number,
    error: unknown,
    { path, mayHaveSent }: { readonly path: string | undefined; readonly mayHaveSent: boolean },
  ): void {
    this.#queue.add({
      prepare: () => {},
      answer: () => Promise.resolve(this.#answers.fail(id, error, path)),
    });
    if (!mayHaveSent) return;
    const stream = new UploadStream(this.#waitingRoom);
    stream.drop();
    this.#open.push({ id, stream });
  }

  /**
   * Takes data, which are those of the oldest upload that has not ended. Resolves when more may
   * come.
   *
   * @throws {ProtocolError} when there is no upload
   */
  async onData(kind: "data" | "zstd", bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const [current] = this.#open;
    if (current === undefined) throw outOfSequence("file data");
    await current.stream.push({ kind, bytes });
  }

  /** Takes FEND. @throws {ProtocolError} when it is not of the oldest upload that has not ended */
  async onEnd(id: number, sha256: string): Promise<void> {
    const [current] = this.#open;
    if (current?.id !== id) throw outOfSequence("FEND");
    this.#open.shift();
    await current.stream.push({ kind: "end", sha256 });
  }

  /** Takes FCAN: no more data come for that upload, if it is one. */
  onCancel(id: number): void {
    this.#open = this.#open.filter((upload) => upload.id !== id);
  }

  /** The client will send nothing more: what is not whole now never will be. */
  onEndOfInput(): void {
    for (const { stream } of this.#open.splice(0)) stream.fail(new RequestError("cancelled"));
  }

  /** Resolves when all that can be answered is. */
  drained(): Promise<void> {
    return this.#queue.drained();
  }

  async #answer(upload: Upload): Promise<void> {
    const { id, request, stream } = upload;
    const { stats } = this.#services;
    stats.transfers++;
    try {
      const startedMs = performance.now();
      const { file, sha256 } = await this.#receive(upload);
      this.#tell(request, sha256, startedMs);
      await this.#announce(request, sha256);
      const { path, size } = request;
      this.#answers.done(id, { path, size, sha256, version: versionOf(file.identity) });
    } catch (error) {
      stream.drop();
      // Who waits for REDY has sent nothing, and need not say that nothing comes
      if (request.key !== null && !upload.isReady) this.onCancel(id);
      if (error instanceof ProtocolError) this.#answers.violated(error);
      else this.#answers.fail(id, asRequestError(error), request.path);
    } finally {
      stats.transfers--;
    }
  }

  async #receive(upload: Upload): Promise<Received> {
    const { uploads, claims, pool, hashes } = this.#services;
    const { request: { path, size: sizeBytes, key, replace }, cancel } = upload;
    cancel.signal.throwIfAborted();
    if (this.#answers.isRefusing()) throw new RequestError("shutting-down");
    this.#check(upload.request);
    const place = await uploads.place(path, replace);
    const { user } = this.#identity;
    const uploadKey = key === null ? null : { user, path, sizeBytes, key };
    const target = uploads.target(place, replace, uploadKey);
    const received = await claims.hold(
      target,
      cancel,
      () => pool.use((worker) => this.#store(worker, target, upload), cancel.signal),
    );
    hashes.rememberOwn(received.file, received.sha256);
    return received;
  }

  #check({ path, size, room, replace }: UploadRequest): void {
    const { settings, hub } = this.#services;
    const identity = this.#identity;
    if (!settings.files) throw new RequestError("unsupported");
    identity.checkWrite(path, replace);
    const { maxUploadBytes } = settings;
    if (maxUploadBytes !== null && size > maxUploadBytes) throw new RequestError("too-large");
    if (room === null || hub.isIn(identity.checkChat(), room)) return;
    throw new RequestError("denied", "Cannot tell the room of the file: the client is not in it", {
      reason: "room-not-in",
    });
  }

  /** The file is there, whatever becomes of this: what fails is told by the history itself. */
  async #announce({ path, size, room }: UploadRequest, sha256: string): Promise<void> {
    const { member } = this.#identity;
    if (room === null || member === null) return;
    const file = { path, sizeBytes: size, sha256 };
    await this.#services.hub.announceFile(room, member.nick, file).catch(() => {});
  }

  async #store(worker: FileWorker, target: FileTarget, upload: Upload): Promise<Received> {
    const { id, request: { size: sizeBytes, mtime: modifiedMs }, stream } = upload;
    const sink = new FileSink(worker, target, {
      onWritten: (buffer) => this.#answers.recycle(buffer),
      onError: (error) => stream.fail(error),
    });
    try {
      const offset = await sink.openKept() ?? stream.throwError();
      await checkSpace(this.#services.store.root, sizeBytes - offset);
      upload.cancel.signal.throwIfAborted();
      sink.begin({ sizeBytes, offset, modifiedMs, version: null });
      upload.isReady = true;
      this.#answers.ready(id, offset);
      const sha256 = await writeAll(stream, sink);
      const result = await sink.finish(sha256) ?? stream.throwError();
      if (result === "wrong") throw new RequestError("integrity");
      if (result === "taken") throw new RequestError("exists");
      return { file: result, sha256 };
    } catch (error) {
      await sink.end(target.keepBytes === 0);
      throw error;
    }
  }

  #tell({ path, size: bytes }: UploadRequest, sha256: string, startedMs: number): void {
    const { settings, stats } = this.#services;
    stats.uploads++;
    stats.uploadBytes += bytes;
    const seconds = (performance.now() - startedMs) / 1000;
    settings.onEvent({ event: "upload", ...this.#identity.label, path, bytes, sha256, seconds });
  }
}

/** Writes what comes, to its end; the SHA-256 that the client claims it has. */
async function writeAll(stream: UploadStream, sink: FileSink): Promise<string> {
  for (;;) {
    const piece = await stream.next();
    if (piece.kind === "end") return piece.sha256;
    if (piece.kind === "zstd") await sink.writeZstd(piece.bytes);
    else await sink.write(piece.bytes);
  }
}

/** A disk that is known to be too full is told of before anything is sent in vain. */
async function checkSpace(folder: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free !== null && neededBytes > free) throw new RequestError("no-space");
}

function outOfSequence(what: string): ProtocolError {
  return new ProtocolError("bad-sequence", `Cannot take ${what}: no upload is waiting for it`);
}
