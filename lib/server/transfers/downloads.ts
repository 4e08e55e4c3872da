import { abortable } from "@std/async/abortable";
import type { StoredFile } from "../../files/directory_store.ts";
import { versionTag } from "../../files/file_stamp.ts";
import { protocol2Layout } from "../../protocol/data_frames.ts";
import { RequestError } from "../../protocol/errors.ts";
import { concatBytes, encodeJsonFrame } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { DownloadRequest } from "../../protocol/requests.ts";
import type { FrameWriter } from "../../stream/frames/frame_writer.ts";
import { sendData, type SendOptions } from "../../transfer/send_data.ts";
import type { SendPlan } from "../../worker/jobs.ts";
import type { SmallFile } from "../../worker/small_file.ts";
import type { ClientIdentity } from "../context/client_identity.ts";
import { LookupPrefetch } from "./lookup_prefetch.ts";
import { type QueuedRequest, RequestQueue } from "./request_queue.ts";
import type { ServerServices } from "../context/services.ts";
import { SmallDownloads } from "./small_downloads.ts";
import type { SessionContext } from "../context/session_context.ts";

/** How downloads talk to their connection. */
export interface DownloadAnswers {
  /** The last frame of the answer leaves: the request is not under way any more. */
  answered(id: number): void;
  /** The same for a failure, which is logged: the frame that tells it; `null` if nobody is there. */
  failure(id: number, error: unknown, path: string | undefined): Uint8Array | null;
  /** Whether nothing new is begun. */
  isRefusing(): boolean;
}

/** An FGET request. */
interface Download extends QueuedRequest {
  readonly id: number;
  readonly request: DownloadRequest;
  readonly lookup: LookupPrefetch;
  readonly signal: AbortSignal;
  /** Whether the file may turn out to be small enough to be answered with others. */
  mayBeSmall: boolean;
}

/** An FGET request that is refused when its turn comes. */
interface RefusedDownload extends QueuedRequest {
  readonly mayBeSmall: false;
}

/**
 * The FGET requests of one protocol 2 connection, answered one after the other in their order.
 *
 * All frames of an answer go through the bulk lane, so that they keep their order.
 */
export class Downloads {
  readonly #services: ServerServices;
  readonly #identity: ClientIdentity;
  readonly #writer: FrameWriter;
  readonly #answers: DownloadAnswers;
  readonly #small: SmallDownloads<Download>;
  readonly #queue = new RequestQueue<Download | RefusedDownload>();

  /** @param context of the connection that the answers go to */
  constructor({ services, identity, connection }: SessionContext, answers: DownloadAnswers) {
    this.#services = services;
    this.#identity = identity;
    this.#writer = connection.writer;
    this.#answers = answers;
    this.#small = new SmallDownloads(services, connection.writer, {
      content: (download, file, readMs) => this.#smallContent(download, file, readMs),
      sent: ({ request: { path } }, { file }, startedMs) =>
        this.#tell(path, file.stamp.sizeBytes, startedMs),
    });
  }

  /** Queues a request. `signal` fires when it is cancelled, or the client is gone. */
  add(id: number, request: DownloadRequest, signal: AbortSignal): void {
    const lookup = new LookupPrefetch(this.#services.store, () => {
      this.#identity.checkRead(request.path);
      return request.path;
    });
    const download: Download = {
      id,
      request,
      lookup,
      signal,
      mayBeSmall: request.offset === 0 && !request.zstd,
      prepare: () => download.mayBeSmall || lookup.start(),
      answer: () => this.#answerNext(download),
    };
    this.#queue.add(download);
  }

  /** Refuses a request when its turn comes. */
  addRefused(id: number, error: unknown, path: string | undefined): void {
    const answer = () => this.#fail(id, error, path);
    this.#queue.add({ mayBeSmall: false, prepare: () => {}, answer });
  }

  /** Whether no answer is owed. */
  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  /** Resolves when all answers are sent. */
  drained(): Promise<void> {
    return this.#queue.drained();
  }

  /** Answers one, and with it those behind it that are small, too. */
  async #answerNext(download: Download): Promise<void> {
    const { stats } = this.#services;
    stats.transfers++;
    try {
      if (!this.#isQuick(download)) return await this.#answer(download);
      const behind = this.#queue.takeWhile(this.#isQuick, this.#small.most - 1);
      const downloads = [download, ...behind];
      const left = downloads.slice(await this.#small.answer(downloads));
      if (left[0] !== undefined) left[0].mayBeSmall = false;
      this.#queue.putBack(left);
    } finally {
      stats.transfers--;
    }
  }

  /** Whether it may be answered together with others. */
  readonly #isQuick = (download: Download | RefusedDownload): download is Download => {
    if (!download.mayBeSmall || download.signal.aborted) return false;
    if (this.#answers.isRefusing() || !this.#services.settings.files) return false;
    return this.#identity.isAdmitted && this.#identity.mayRead(download.request.path);
  };

  #smallContent(
    { id, request }: Download,
    { file, buffer, sha256 }: SmallFile,
    readMs: number,
  ): Uint8Array[] {
    const { hashes } = this.#services;
    const isKnown = hashes.known(file) !== null;
    if (!isKnown) hashes.remember(file, sha256, readMs);
    return [
      encodeHead(id, request.path, file, 0, isKnown ? sha256 : null),
      new Uint8Array(buffer),
      this.#end(id, sha256),
    ];
  }

  async #answer({ id, request, lookup, signal }: Download): Promise<void> {
    try {
      signal.throwIfAborted();
      if (this.#answers.isRefusing()) throw new RequestError("shutting-down");
      await this.#send(id, request, lookup, signal);
    } catch (error) {
      await this.#fail(id, error, request.path);
    }
  }

  async #fail(id: number, error: unknown, path: string | undefined): Promise<void> {
    const failure = this.#answers.failure(id, error, path);
    // Should the connection fail meanwhile, its owner learns it from the writer
    if (failure !== null) await this.#writer.sendBulk(failure).catch(() => {});
  }

  async #send(
    id: number,
    request: DownloadRequest,
    lookup: LookupPrefetch,
    signal: AbortSignal,
  ): Promise<void> {
    if (!this.#services.settings.files) throw new RequestError("unsupported");
    const startedMs = performance.now();
    const file = await lookup.result();
    const offset = startOf(request, file);
    const known = this.#services.hashes.known(file);
    const head = encodeHead(id, request.path, file, offset, known);
    await this.#sendContent(id, request, { file, offset, known, head, signal });
    this.#tell(request.path, file.stamp.sizeBytes - offset, startedMs);
  }

  /**
   * A hash that is not known is computed on the way, or beside it where the client has the
   * beginning already: it need not wait until that is read.
   */
  async #sendContent(id: number, { zstd }: DownloadRequest, content: Content): Promise<void> {
    const { file, offset, known, head, signal } = content;
    const { hashes, store } = this.#services;
    const writer = this.#writer;
    const { sizeBytes } = file.stamp;
    if (sizeBytes === 0) await store.checkReadable(file);
    if (known !== null && offset === sizeBytes) {
      return await writer.sendBulk(concatBytes([head, this.#end(id, known)]));
    }
    const beside = known === null && offset > 0 ? hashes.get(file) : null;
    beside?.catch(() => {}); // Told below, if the data get so far
    const plan: SendPlan = {
      layout: protocol2Layout(sizeBytes - offset, LIMITS.dataBytes),
      offset,
      hashed: known === null && beside === null,
      zstd,
    };
    const tail = (computed: string | null) => this.#end(id, known ?? computed ?? "");
    await this.#sendData(content, plan, { writer, signal, head, ...(beside === null && { tail }) });
    if (beside !== null) {
      await writer.sendBulk(this.#end(id, await abortable(beside, signal)));
    }
  }

  async #sendData({ file, signal }: Content, plan: SendPlan, options: SendOptions): Promise<void> {
    const { hashes, pool } = this.#services;
    const startedMs = Date.now();
    const sha256 = await pool.use((worker) => sendData(worker, file, plan, options), signal);
    if (sha256 !== null) hashes.remember(file, sha256, startedMs);
  }

  #end(id: number, sha256: string): Uint8Array {
    this.#answers.answered(id);
    return encodeJsonFrame("FEND", { id, sha256 });
  }

  #tell(path: string, bytes: number, startedMs: number): void {
    const { settings, stats } = this.#services;
    stats.downloads++;
    stats.downloadBytes += bytes;
    const seconds = (performance.now() - startedMs) / 1000;
    settings.onEvent({
      event: "download",
      ...this.#identity.label,
      path,
      bytes,
      seconds,
    });
  }
}

interface Content {
  readonly file: StoredFile;
  readonly offset: number;
  readonly known: string | null;
  readonly head: Uint8Array;
  readonly signal: AbortSignal;
}

/** Where to begin: at the wanted offset only while the file is what it was. */
function startOf({ offset, version }: DownloadRequest, { stamp }: StoredFile): number {
  return offset <= stamp.sizeBytes && version === versionTag(stamp) ? offset : 0;
}

function encodeHead(
  id: number,
  path: string,
  { stamp }: StoredFile,
  offset: number,
  sha256: string | null,
): Uint8Array {
  return encodeJsonFrame("FMET", {
    id,
    path,
    size: stamp.sizeBytes,
    mtime: stamp.modifiedMs,
    version: versionTag(stamp),
    offset,
    ...(sha256 !== null && { sha256 }),
  });
}
