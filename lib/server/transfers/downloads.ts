import { BoundedMap } from "../../async/bounded_map.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { BatchRequest } from "../../protocol/batch_requests.ts";
import type { DownloadRequest } from "../../protocol/requests.ts";
import { recordDownload } from "../context/record_transfer.ts";
import type { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";
import { doubtFile } from "./doubt_file.ts";
import { findReadable } from "./find_readable.ts";
import { PieceTally } from "./piece_tally.ts";
import { Prefetch } from "./prefetch.ts";
import { type QueuedRequest, RequestQueue } from "./request_queue.ts";
import { sendBatch } from "./send_batch.ts";
import { type RequestedFile, sendFile } from "./send_file.ts";
import { sendSmallFiles } from "./send_small_files.ts";

/** Answers that the client may call wrong: the last ones. */
const MAX_DOUBTABLE = 64;
/** The largest number of requests in a batch. */
const MAX_BATCH = 32;

/** An FGET request. */
interface Download extends QueuedRequest, RequestedFile {
  /** Whether the file may still turn out to be small. */
  mayBeSmall: boolean;
}

/** An MGET request, or one that fails when its turn comes: it is answered on its own. */
interface SingleAnswer extends QueuedRequest {
  readonly mayBeSmall: false;
}

/**
 * The FGET and MGET requests of one protocol 2 connection, answered one after the other in their order.
 *
 * All frames of an answer go through the bulk lane, so that they keep their order.
 */
export class Downloads {
  readonly #context: SessionContext;
  readonly #replies: Replies;
  readonly #queue = new RequestQueue<Download | SingleAnswer>();
  readonly #pieces = new PieceTally();
  /** The paths of the files that were sent last, each with all its bytes, by the ids of the requests. */
  readonly #sent = new BoundedMap<number, string>(MAX_DOUBTABLE);
  /** Grows while small files follow each other: the size of a file is not known ahead. */
  #batchSize = 1;

  /** Answers over the connection of `context`. */
  constructor(context: SessionContext, replies: Replies) {
    this.#context = context;
    this.#replies = replies;
  }

  /** Queues a request. */
  add(id: number, request: DownloadRequest): void {
    const { pending } = this.#replies;
    const download: Download = {
      id,
      request,
      file: new Prefetch(() => findReadable(this.#context, "FGET", request.path)),
      get signal() { // Made on demand
        return pending.controllerOf(id).signal;
      },
      mayBeSmall: isWhole(request) && !request.zstd,
      prepare: () => download.mayBeSmall || download.file.start(),
      answer: () => this.#answerNext(download),
    };
    this.#queue.add(download);
  }

  /** Queues a request for many small files. */
  addBatch(id: number, request: BatchRequest): void {
    const answer = () => this.#sendBatch(id, request);
    this.#queue.add({ mayBeSmall: false, answer });
  }

  /** Queues a request that fails when its turn comes. */
  addRefused(id: number, error: unknown, path: string | undefined): void {
    const answer = () => this.#fail(id, error, path);
    this.#queue.add({ mayBeSmall: false, answer });
  }

  /** The client has found all bytes of an answer wrong: reading them again costs no more than the answer did. */
  doubt(id: number): void {
    const path = this.#sent.get(id);
    if (path === undefined || this.#replies.pending.has(id) || !this.#sent.delete(id)) return;
    doubtFile(this.#context, path); // Never rejects
  }

  /** Whether every request is answered. */
  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  /** Resolves when every request is answered. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Answers a request, together with the requests for small files behind it. */
  async #answerNext(download: Download): Promise<void> {
    const isBatchable = this.#isBatchable(download);
    const batch = [download];
    if (isBatchable) batch.push(...this.#queue.removeWhile(this.#isBatchable, this.#batchSize - 1));
    const { stats } = this.#context.services;
    stats.transfers += batch.length;
    try {
      if (isBatchable) await this.#answerBatch(batch);
      else await this.#answer(download);
    } finally {
      stats.transfers -= batch.length;
    }
  }

  /** Requests whose files turn out not to be small return to the front of the queue. */
  async #answerBatch(batch: readonly Download[]): Promise<void> {
    const answered = await sendSmallFiles(this.#context, this.#replies, batch);
    const isComplete = answered === batch.length;
    this.#batchSize = isComplete ? Math.min(MAX_BATCH, 2 * this.#batchSize) : 1;
    for (const each of batch.slice(0, answered)) this.#sent.set(each.id, each.request.path);
    const left = batch.slice(answered);
    if (left[0] !== undefined) left[0].mayBeSmall = false;
    this.#queue.putBack(left);
  }

  /** Whether a request may be answered together with others. */
  readonly #isBatchable = (download: Download | SingleAnswer): download is Download => {
    const { services: { settings, stopping }, identity } = this.#context;
    if (!download.mayBeSmall || this.#replies.pending.isCancelled(download.id)) return false;
    if (stopping.aborted || !settings.files) return false;
    return identity.isAdmitted && identity.mayRead(download.request.path);
  };

  async #answer(download: Download): Promise<void> {
    const { services: { settings, stopping } } = this.#context;
    try {
      download.signal.throwIfAborted();
      if (stopping.aborted) throw new RequestError("shutting-down");
      if (!settings.files) throw new RequestError("unsupported");
      // Before the answer is over: what the client says of it may come sooner than that
      if (isWhole(download.request)) this.#sent.set(download.id, download.request.path);
      const sum = this.#pieces.add(await sendFile(this.#context, this.#replies, download));
      if (sum.isLast) recordDownload(this.#context, sum.path, sum.bytes, sum.startedMs);
    } catch (error) {
      this.#sent.delete(download.id);
      await this.#fail(download.id, error, download.request.path);
    }
  }

  async #sendBatch(id: number, request: BatchRequest): Promise<void> {
    const { services: { stopping, stats } } = this.#context;
    const { signal } = this.#replies.pending.controllerOf(id);
    stats.transfers++;
    try {
      signal.throwIfAborted();
      if (stopping.aborted) throw new RequestError("shutting-down");
      await sendBatch(this.#context, this.#replies, { id, request, signal });
    } catch (error) {
      await this.#fail(id, error, undefined);
    } finally {
      stats.transfers--;
    }
  }

  async #fail(id: number, error: unknown, path: string | undefined): Promise<void> {
    const frame = this.#replies.encodeFailure(id, error, { path });
    // If the connection fails, its owner learns it from the writer
    if (frame !== null) await this.#context.connection.writer.sendBulk(frame).catch(() => {});
  }
}

/** Whether a request is for all bytes of a file. */
function isWhole({ offset, length }: DownloadRequest): boolean {
  return offset === 0 && length === null;
}
