import { onAbort } from "../../async/on_abort.ts";
import { asRequestError } from "../../files/disk_error.ts";
import { versionTag } from "../../files/file_stamp.ts";
import { contentVersion } from "../../files/content_version.ts";
import { ProtocolError, RequestError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { type UploadRequest, waitsForReady } from "../../protocol/upload_request.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import type { BatchUploadRequest } from "../../protocol/batch_requests.ts";
import { recordUpload } from "../context/record_transfer.ts";
import type { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";
import { announceUpload } from "./announce_upload.ts";
import { receiveBatch } from "./receive_batch.ts";
import type { ReceivedFile } from "./received_file.ts";
import { type QueuedRequest, RequestQueue } from "./request_queue.ts";
import {
  isBatchable,
  type OpenUpload,
  type Upload,
  UploadReceiver,
  type UseWorker,
} from "./upload_receiver.ts";
import { ReceiveBudget, UploadStream } from "./upload_stream.ts";

/** The largest number of uploads in a batch. */
const MAX_BATCH = 32;
/** The size of receive buffers for uploads. */
const BUFFER_BYTES = 1024 * 1024;

/** An FPUT request. */
interface QueuedUpload extends QueuedRequest {
  /** `null` if the request fails when its turn comes. */
  readonly upload: Upload | null;
}

/** An MPUT request, up to its answer. */
interface BatchUpload extends OpenUpload {
  readonly request: BatchUploadRequest;
  readonly cancel: AbortController;
}

/** The result of an upload. */
type Outcome = ReceivedFile & { readonly seconds: number } | { readonly error: unknown };

/** The FPUT requests of a protocol 2 connection, answered one after the other in their order. */
export class Uploads {
  readonly #context: SessionContext;
  readonly #replies: Replies;
  readonly #receiver: UploadReceiver;
  readonly #queue = new RequestQueue<QueuedUpload>();
  readonly #budget = new ReceiveBudget(LIMITS.earlyDataBytes);
  /**
   * Uploads without FEND or FCAN so far. Data belong to the first (section 3.8 of the protocol).
   */
  #open: OpenUpload[] = [];

  /** Receives from the connection of `context`. */
  constructor(context: SessionContext, replies: Replies) {
    this.#context = context;
    this.#replies = replies;
    this.#receiver = new UploadReceiver(context, replies);
  }

  /** Whether the current upload waits for data. */
  get isAwaitingData(): boolean {
    return this.#open[0]?.stream.isAwaitingData === true;
  }

  /** Queues a request. */
  add(id: number, request: UploadRequest): void {
    const upload: Upload = { ...this.#begin(id), request, isReady: false };
    this.#open.push(upload);
    this.#queue.add({ upload, answer: () => this.#answerNext(upload) });
  }

  /** Queues a request for many small files. */
  addBatch(id: number, request: BatchUploadRequest): void {
    const upload: BatchUpload = { ...this.#begin(id), request, mayOmitHash: true };
    this.#open.push(upload);
    this.#queue.add({ upload: null, answer: () => this.#answerBatch(upload) });
  }

  /** What every upload has from its request on: its data may follow at once. */
  #begin(id: number): OpenUpload & Pick<Upload, "cancel"> {
    const { connection: { reader }, services: { bandwidth } } = this.#context;
    reader.setBufferBytes(Math.min(BUFFER_BYTES, bandwidth.received.frameBytes));
    const cancel = this.#replies.pending.controllerOf(id);
    const stream = new UploadStream(this.#budget);
    const { signal } = cancel;
    onAbort(signal, () => stream.fail(signal.reason));
    return { id, cancel, stream, isDiscarded: false };
  }

  /** Queues a request that fails when its turn comes. Drops data that the client may have sent. */
  addRefused(
    id: number,
    error: unknown,
    { path, mayHaveSent }: { readonly path: string | undefined; readonly mayHaveSent: boolean },
  ): void {
    this.#queue.add({
      upload: null,
      answer: () => Promise.resolve(this.#replies.fail(id, error, { path })),
    });
    if (!mayHaveSent) return;
    const stream = new UploadStream(this.#budget);
    stream.drop();
    this.#open.push({ id, stream, isDiscarded: false, mayOmitHash: true });
  }

  /**
   * Adds data to the first open upload. Resolves when the next frame may be read.
   *
   * @throws {ProtocolError} `bad-sequence` if no upload is open
   */
  async onData(kind: "data" | "zstd", bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const [current] = this.#open;
    if (current === undefined) throw outOfSequence("file data");
    await current.stream.push({ kind, bytes });
  }

  /** Handles FEND; for a batch without a hash. @throws {ProtocolError} `bad-sequence` if it is not of the first open upload */
  async onEnd(id: number, sha256: string | null): Promise<void> {
    const [current] = this.#open;
    if (current?.id !== id) throw outOfSequence("FEND");
    if (sha256 === null && current.mayOmitHash !== true) throw new RequestError("bad-request");
    this.#open.shift();
    await current.stream.push({ kind: "end", sha256: sha256 ?? "" });
  }

  /**
   * Handles FCAN: if the request is an open upload, no more data come for it.
   *
   * @param discard whether nothing of it is kept
   */
  onCancel(id: number, discard = false): void {
    for (const upload of this.#open) if (upload.id === id) upload.isDiscarded ||= discard;
    this.#open = this.#open.filter((upload) => upload.id !== id);
  }

  /** Fails the open uploads: the input has ended, so they will never be whole. */
  onEndOfInput(): void {
    for (const { stream } of this.#open.splice(0)) stream.fail(new RequestError("cancelled"));
  }

  /** Resolves when every request is answered. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Receives an upload, together with the batchable uploads behind it. */
  async #answerNext(upload: Upload): Promise<void> {
    const { services: { pool }, identity: { owner } } = this.#context;
    const { cancel: { signal } } = upload;
    if (!isBatchable(upload)) {
      const outcome = await this.#outcome(upload, (job) => pool.use(job, { owner, signal }));
      return await this.#reply(upload, outcome);
    }
    const uploads = [upload];
    const paths = new Set([upload.request.path]);
    const isNext = (next: QueuedUpload): next is QueuedUpload & { upload: Upload } =>
      next.upload !== null && isBatchable(next.upload) && !paths.has(next.upload.request.path);
    while (uploads.length < MAX_BATCH) {
      const [next] = this.#queue.removeWhile(isNext, 1);
      if (next === undefined) break;
      uploads.push(next.upload);
      paths.add(next.upload.request.path);
    }
    const receiveAll = (worker: FileWorker) =>
      Promise.all(uploads.map((each) => this.#outcome(each, (job) => job(worker))));
    const outcomes = await pool.use(receiveAll, { owner, kind: "short" })
      .catch((error) => uploads.map(() => ({ error })));
    for (const [i, each] of uploads.entries()) await this.#reply(each, outcomes[i]!);
  }

  /** Never rejects. */
  async #answerBatch({ id, request, stream, cancel: { signal } }: BatchUpload): Promise<void> {
    const { stats } = this.#context.services;
    stats.transfers++;
    try {
      const lists = await receiveBatch(this.#context, { request, stream, signal });
      this.#replies.done(id, lists);
    } catch (error) {
      stream.drop();
      if (error instanceof ProtocolError) this.#context.onViolation(error);
      else this.#replies.fail(id, asRequestError(error));
    } finally {
      stats.transfers--;
    }
  }

  /** Never rejects. */
  async #outcome(upload: Upload, use: UseWorker): Promise<Outcome> {
    const { stats } = this.#context.services;
    stats.transfers++;
    try {
      const startedMs = performance.now();
      const received = await this.#receiver.receive(upload, use);
      return { ...received, seconds: (performance.now() - startedMs) / 1000 };
    } catch (error) {
      return { error };
    } finally {
      stats.transfers--;
    }
  }

  async #reply(upload: Upload, outcome: Outcome): Promise<void> {
    const { id, request } = upload;
    if ("error" in outcome) return this.#refuse(upload, outcome.error);
    const { file, sha256, seconds, isKnown = false } = outcome;
    if (isKnown) this.onCancel(id); // No data come for it
    else if (!upload.isReady) this.#replies.send("REDY", { id, offset: 0 });
    const { path, size } = request;
    recordUpload(this.#context, { path, bytes: size, sha256, seconds, isKnown });
    await announceUpload(this.#context, request, { realPath: file.path, sha256 });
    this.#replies.done(id, { path, size, sha256, version: this.#versionOf(outcome) });
  }

  #versionOf({ file, sha256 }: ReceivedFile): string {
    const { catalogue } = this.#context.services;
    return catalogue === null ? versionTag(file.stamp) : contentVersion(sha256);
  }

  #refuse(upload: Upload, error: unknown): void {
    const { id, request } = upload;
    const { path } = request;
    upload.stream.drop();
    // A client that waits for REDY has sent no data, and need not send FCAN
    if (waitsForReady(request) && !upload.isReady) this.onCancel(id);
    if (error instanceof ProtocolError) this.#context.onViolation(error);
    else this.#replies.fail(id, this.#explain(asRequestError(error)), { path });
  }

  /** That a link replaces nothing is another matter than that `replace` is missing. */
  #explain(error: RequestError): RequestError {
    if (error.code !== "exists" || this.#context.identity.link === null) return error;
    return new RequestError("exists", error.message, { reason: "link-exists", cause: error });
  }
}

function outOfSequence(what: string): ProtocolError {
  return new ProtocolError("bad-sequence", `Cannot accept ${what}: no upload is open for it`);
}
