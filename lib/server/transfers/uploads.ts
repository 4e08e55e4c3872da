import { onAbort } from "../../async/on_abort.ts";
import { asRequestError } from "../../files/disk_error.ts";
import { versionTag } from "../../files/file_stamp.ts";
import { ProtocolError, RequestError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { UploadRequest } from "../../protocol/requests.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import { type QueuedRequest, RequestQueue } from "./request_queue.ts";
import { recordUpload } from "../context/record_transfer.ts";
import type { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";
import {
  isQuick,
  type OpenUpload,
  type Received,
  type Upload,
  UploadReceiver,
  type UseWorker,
} from "./upload_receiver.ts";
import { ReceiveBudget, UploadStream } from "./upload_stream.ts";

/** The largest number of small uploads that are written together. */
const MAX_BATCH = 32;
/** Buffers that uploads are received in. */
const BUFFER_BYTES = 1024 * 1024;

/** One in the queue; `null` for one that is refused when its turn comes. */
interface QueuedUpload extends QueuedRequest {
  readonly upload: Upload | null;
}

/** What an upload came to. */
type Outcome = Received & { readonly seconds: number } | { readonly error: unknown };

/** The FPUT requests of one protocol 2 connection, carried out one after the other. */
export class Uploads {
  readonly #context: SessionContext;
  readonly #replies: Replies;
  readonly #receiver: UploadReceiver;
  readonly #queue = new RequestQueue<QueuedUpload>();
  readonly #budget = new ReceiveBudget(LIMITS.earlyDataBytes);
  /** Those whose FEND or FCAN has not come yet, in the order in which their data come. */
  #open: OpenUpload[] = [];

  /** Receives from the connection of `context`. */
  constructor(context: SessionContext, replies: Replies) {
    this.#context = context;
    this.#replies = replies;
    this.#receiver = new UploadReceiver(context, replies);
  }

  /** Whether an upload can go on only with data that have not come. */
  get isAwaitingData(): boolean {
    return this.#open[0]?.stream.isAwaitingData === true;
  }

  /** Queues a request. */
  add(id: number, request: UploadRequest): void {
    this.#context.connection.reader.useBuffers(BUFFER_BYTES);
    const cancel = this.#replies.pending.controllerOf(id);
    const stream = new UploadStream(this.#budget);
    const { signal } = cancel;
    onAbort(signal, () => stream.fail(signal.reason));
    const upload = { id, request, cancel, stream, isReady: false };
    this.#open.push(upload);
    this.#queue.add({ upload, prepare: () => {}, answer: () => this.#answerNext(upload) });
  }

  /** Refuses a request when its turn comes. Data that its client may have sent are dropped. */
  addRefused(
    id: number,
    error: unknown,
    { path, mayHaveSent }: { readonly path: string | undefined; readonly mayHaveSent: boolean },
  ): void {
    this.#queue.add({
      upload: null,
      prepare: () => {},
      answer: () => Promise.resolve(this.#replies.fail(id, error, path)),
    });
    if (!mayHaveSent) return;
    const stream = new UploadStream(this.#budget);
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
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Carries out one, and what comes behind it as long as it is small and here already. */
  async #answerNext(upload: Upload): Promise<void> {
    const { pool } = this.#context.services;
    const { cancel: { signal } } = upload;
    if (!isQuick(upload)) {
      const outcome = await this.#outcome(upload, (job) => pool.use(job, signal));
      return await this.#conclude(upload, outcome);
    }
    const uploads = [upload];
    const paths = new Set([upload.request.path]);
    const isNext = (next: QueuedUpload): next is QueuedUpload & { upload: Upload } =>
      next.upload !== null && isQuick(next.upload) && !paths.has(next.upload.request.path);
    while (uploads.length < MAX_BATCH) {
      const [next] = this.#queue.takeWhile(isNext, 1);
      if (next === undefined) break;
      uploads.push(next.upload);
      paths.add(next.upload.request.path);
    }
    const receiveAll = (worker: FileWorker) =>
      Promise.all(uploads.map((one) => this.#outcome(one, (job) => job(worker))));
    const outcomes = await pool.use(receiveAll).catch((error) => uploads.map(() => ({ error })));
    for (const [i, one] of uploads.entries()) await this.#conclude(one, outcomes[i]!);
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

  /** Answers. */
  async #conclude(upload: Upload, outcome: Outcome): Promise<void> {
    const { id, request } = upload;
    if ("error" in outcome) return this.#refuse(upload, outcome.error);
    const { file, sha256, seconds } = outcome;
    if (!upload.isReady) this.#replies.send("REDY", { id, offset: 0 });
    const { path, size } = request;
    recordUpload(this.#context, { path, bytes: size, sha256, seconds });
    await this.#announce(request, sha256);
    this.#replies.done(id, { path, size, sha256, version: versionTag(file.stamp) });
  }

  #refuse(upload: Upload, error: unknown): void {
    const { id, request: { key, path } } = upload;
    upload.stream.drop();
    // Who waits for REDY has sent nothing, and need not say that nothing comes
    if (key !== null && !upload.isReady) this.onCancel(id);
    if (error instanceof ProtocolError) this.#context.onViolation(error);
    else this.#replies.fail(id, asRequestError(error), path);
  }

  /** The file is there, whatever becomes of this: what fails is told by the history itself. */
  async #announce({ path, size, room }: UploadRequest, sha256: string): Promise<void> {
    const { services: { hub }, identity: { member } } = this.#context;
    if (room === null || member === null) return;
    const file = { path, sizeBytes: size, sha256 };
    await hub.announceFile(room, member.nick, file).catch(() => {});
  }
}

function outOfSequence(what: string): ProtocolError {
  return new ProtocolError("bad-sequence", `Cannot take ${what}: no upload is waiting for it`);
}
