import { abortable } from "@std/async/abortable";
import { basename } from "../files/path.ts";
import { Mutex } from "../async/mutex.ts";
import { onAbort } from "../async/on_abort.ts";
import type { FoundFiles } from "../files/hash_found.ts";
import type { FoundItem } from "../files/local_tree.ts";
import { findLocalFile } from "../files/local_file.ts";
import { SMALL_FILE_BYTES } from "../files/small_bytes.ts";
import { ConnectionError } from "../protocol/errors.ts";
import type { DownloadOptions, DownloadResult } from "../transfer/download_options.ts";
import { Protocol1Download } from "../transfer/protocol1_download.ts";
import { StreamDownload, type VerifiedStream } from "../transfer/stream_download.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload_options.ts";
import { checkText, checkUpload, placeDownload } from "./check_arguments.ts";
import type { ConnectOptions } from "./connect_options.ts";
import type { Connection } from "./connection.ts";
import { leave } from "./leave.ts";
import { lost } from "./lost.ts";
import { contentBytes, type UploadContent } from "./content_reader.ts";
import type { BatchTargets, TargetsFound } from "../files/inspect_targets.ts";
import { DataConnectionPool } from "./data_connection_pool.ts";
import { downloadFile } from "./download_file.ts";
import {
  downloadTogether,
  type DownloadTogetherOptions,
  type SmallDownload,
  type TogetherResult,
} from "./download_together.ts";
import { type ConnectTarget, openDataConnection } from "./open_connection.ts";
import { requireProtocol2 } from "./protocol2_client.ts";
import { tellWrong } from "./tell_wrong.ts";
import { uploadContent } from "./upload_content.ts";
import { uploadFile } from "./upload_file.ts";
import {
  type SmallUpload,
  type UploadedSmall,
  uploadTogether,
  type UploadTogetherOptions,
} from "./upload_together.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { WalkRequest } from "../worker/walk_jobs.ts";
import { type Look, lookAtPaths, walkTrees, type WalkTreesOptions } from "./walk_tree.ts";
import type { UploadChannel } from "./upload_channel.ts";

/** Data connections at once. */
const DATA_CONNECTIONS = 4;
/** The assumed size of a file of unknown size: a few of them share a connection. */
const UNKNOWN_SIZE_BYTES = 256 * 1024;
/** What a group of small files counts as: several share a connection, so that none waits for an answer. */
const GROUP_BYTES = 128 * 1024;
/** The size of what a caller may move at its own pace: it has a connection to itself. */
const UNSHARED_BYTES = Number.MAX_SAFE_INTEGER;

/** Moves the files of a client, over data connections that it owns. Calls are those of `Client`. */
export class FileTransfers {
  /** Data connections at once. */
  readonly connections: number;
  readonly #control: Connection;
  readonly #bandwidth: ConnectOptions["bandwidth"];
  /** Whether the control connection, which hears no chat, is to carry files before others are opened. */
  #isControlFree: boolean;
  readonly #isPresent: boolean;
  /** How long a round trip takes, in milliseconds; 0 as long as that is not known. */
  #tripMs = 0;
  #isMeasured = false;
  readonly #pool: DataConnectionPool;
  readonly #uploadLocks = new WeakMap<Connection, Mutex>();

  /** Uses the control connection, and ends with it. */
  constructor(control: Connection, options: ConnectOptions) {
    this.connections = options.connections ?? DATA_CONNECTIONS;
    this.#control = control;
    this.#bandwidth = options.bandwidth;
    this.#isPresent = options.present ?? true;
    this.#isControlFree = !this.#isPresent;
    const connect = () => this.#connect(options);
    this.#pool = new DataConnectionPool(connect, this.connections, () => this.#tripMs);
    // A client that is to move files needs its thread, which starts while it looks up their paths
    const isToMove = this.#isControlFree && options.connections !== undefined;
    if (isToMove && control.protocol === 2 && !control.isClosed) control.context.worker();
    control.closed.then(() => this.#pool.close());
  }

  /** See `Client.download`. */
  async download(path: string, wishes: DownloadOptions): Promise<DownloadResult> {
    const options = placeDownload(path, wishes);
    await this.#throwIfClosed();
    const { handler } = this.#control;
    if (handler.version === 1) {
      this.#control.expectAnswer();
      const { connection: { reader }, worker } = this.#control.context;
      const download = new Protocol1Download(options, worker, (buffer) => reader.recycle(buffer));
      handler.download(path, download);
      return await download.result;
    }
    const { sizeBytes = UNKNOWN_SIZE_BYTES, signal } = options;
    return await this.#move(sizeBytes, signal, ({ handler, context }) => {
      return downloadFile(requireProtocol2(handler), context, path, options);
    });
  }

  /**
   * Downloads many small files, as {@link downloadTogether} does. `null` for each where the server does not
   * support that.
   */
  async downloadTogether(
    files: readonly SmallDownload[],
    options: DownloadTogetherOptions,
  ): Promise<TogetherResult<DownloadResult>[]> {
    return await this.#together("batch", files, options.signal, ({ handler, context }) => {
      return downloadTogether(requireProtocol2(handler), context, files, options);
    });
  }

  /** Looks at the places of small files, as `inspectTargets` does, in the thread of a data connection. */
  async inspectTargets(targets: BatchTargets, signal: AbortSignal): Promise<TargetsFound> {
    return await this.#inThread(signal, (worker) => worker.call("inspectTargets", [targets]));
  }

  /** Hashes small files of this machine, as `hashFound` does, in the thread of a data connection. */
  async hashFound(files: FoundFiles, signal: AbortSignal): Promise<(string | null)[]> {
    return await this.#inThread(signal, (worker) => worker.call("hashFound", [files]));
  }

  /** Uploads many small files, as {@link uploadTogether} does. `null` for each where the server cannot. */
  async uploadTogether(
    files: readonly SmallUpload[],
    options: UploadTogetherOptions,
  ): Promise<TogetherResult<UploadedSmall>[]> {
    return await this.#together("upload-batch", files, options.signal, (connection) => {
      return uploadTogether(this.#channelOf(connection), files, options);
    });
  }

  /** Finds files of this machine in the thread of a data connection, as {@link walkTrees} does. */
  async walk(request: WalkRequest, options: WalkTreesOptions): Promise<FoundItem[][]> {
    await this.#throwIfClosed();
    await this.#control.requireProtocol2();
    return await this.#inThread(options.signal, (worker) => walkTrees(worker, request, options));
  }

  /** Looks at paths of this machine in the thread of a data connection, as {@link lookAtPaths} does. */
  async lookAt(paths: readonly string[], signal: AbortSignal): Promise<Look[]> {
    await this.#throwIfClosed();
    return await this.#inThread(signal, (worker) => lookAtPaths(worker, paths, signal));
  }

  /** See `Client.read`. */
  read(path: string, signal: AbortSignal | undefined): VerifiedStream {
    checkText("read", "the path", path);
    const download = new StreamDownload();
    this.#readInto(download, path, signal).catch((error) => download.fail(error));
    return download.stream;
  }

  /** See `Client.upload`. */
  async upload(content: UploadContent | string, options: UploadOptions): Promise<UploadResult> {
    checkUpload(content, options);
    try {
      await this.#throwIfClosed();
      await this.#control.requireProtocol2();
      if (typeof content === "string") return await this.#uploadFile(content, options);
      return await this.#uploadContent(content, options);
    } catch (error) {
      const isUnread = content instanceof ReadableStream && !content.locked;
      if (isUnread) content.cancel(error).catch(() => {}); // The upload has failed for another reason
      throw error;
    }
  }

  /** Sends QUIT over each connection that hears no chat, and waits for their ends. */
  async quit(): Promise<void> {
    await this.#pool.quit();
    if (!this.#isPresent) await leave(this.#control);
  }

  /** Closes all data connections at once. */
  close(): void {
    this.#pool.close();
  }

  async #readInto(
    download: StreamDownload,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    using _ = onAbort(signal, () => download.fail(signal?.reason));
    await this.#throwIfClosed();
    await this.#control.requireProtocol2();
    await this.#move(UNSHARED_BYTES, signal, async ({ handler, context }) => {
      if (download.isSettled) return;
      const { connection: { reader }, worker } = context;
      const protocol = requireProtocol2(handler);
      const recycle = (buffer: ArrayBuffer) => reader.recycle(buffer);
      download.begin({ worker: worker(), recycle, onWrong: (id) => tellWrong(protocol, id) });
      protocol.download({ path, offset: 0, version: null, zstd: false }, download);
      await download.stream.verified;
    });
  }

  async #uploadFile(path: string, options: UploadOptions): Promise<UploadResult> {
    const { sizeBytes = Infinity, zstd = false, within = null, signal } = options;
    const isSmall = sizeBytes <= SMALL_FILE_BYTES && !zstd;
    const found = isSmall ? null : await findLocalFile(path, within);
    return await this.#move(found?.stamp.sizeBytes ?? sizeBytes, signal, async (connection) => {
      const worker = connection.context.worker();
      const small = found === null ? await worker.call("fetchSmallLocal", [path, within]) : null;
      const source = { file: small?.file ?? found ?? await findLocalFile(path, within), small };
      const target = options.path ?? basename(source.file.realPath);
      return await uploadFile(this.#channelOf(connection), source, target, options);
    });
  }

  async #uploadContent(content: UploadContent, options: UploadOptions): Promise<UploadResult> {
    const { path = "", sizeBytes = 0, signal } = options;
    const bytes = contentBytes(content);
    const source = { content, path, sizeBytes: bytes ?? sizeBytes };
    return await this.#move(bytes ?? UNSHARED_BYTES, signal, (connection) => {
      return uploadContent(this.#channelOf(connection), source, options);
    });
  }

  /** Moves small files over a data connection; `null` for each where the server lacks the feature. */
  async #together<T>(
    feature: string,
    files: readonly unknown[],
    signal: AbortSignal,
    work: (connection: Connection) => Promise<TogetherResult<T>[]>,
  ): Promise<TogetherResult<T>[]> {
    await this.#throwIfClosed();
    const { handler } = this.#control;
    const isKnown = handler.version === 2 && handler.hello.features.includes(feature);
    return isKnown ? await this.#move(GROUP_BYTES, signal, work) : files.map(() => null);
  }

  /** Moves a file over a data connection. An aborted caller need not wait until that has ended. */
  #move<T>(
    bytes: number,
    signal: AbortSignal | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    this.#measureTrip();
    const moved = this.#pool.use(bytes, async (connection) => {
      signal?.throwIfAborted();
      return await work(connection);
    }).catch((error) => this.#explain(error));
    return signal === undefined ? moved : abortable(moved, signal);
  }

  /** Works on this machine in the thread of a data connection: nothing is asked of the server. */
  #inThread<T>(signal: AbortSignal, work: (worker: FileWorker) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const worked = this.#pool.use(0, async ({ context }) => {
      signal.throwIfAborted();
      return await work(context.worker());
    });
    return abortable(worked.catch((error) => this.#explain(error)), signal);
  }

  /** Asks for a sign of life, once. The first files do not wait for it. */
  #measureTrip(): void {
    const { handler } = this.#control;
    if (this.#isMeasured || handler.version === 1) return;
    this.#isMeasured = true;
    const askedMs = performance.now();
    const measure = () => this.#tripMs = performance.now() - askedMs;
    handler.request("PING", {}).then(measure, () => {}); // The loss of the connection ends all else, too
  }

  async #connect(target: ConnectTarget): Promise<Connection> {
    const { hello } = await this.#control.requireProtocol2();
    if (!this.#isControlFree) return await openDataConnection(target, hello);
    this.#isControlFree = false;
    return this.#control;
  }

  /** @throws the error; if it says that the session has ended, the reason of that */
  async #explain(error: unknown): Promise<never> {
    const isOver = error instanceof ConnectionError && error.requestCode === "unauthenticated";
    throw isOver ? await this.#control.ended() : error;
  }

  async #throwIfClosed(): Promise<void> {
    if (this.#control.isClosed) throw await this.#control.closed ?? lost();
  }

  #channelOf(connection: Connection): UploadChannel {
    const { handler, context } = connection;
    const uploadLock = this.#uploadLocks.get(connection) ?? new Mutex();
    this.#uploadLocks.set(connection, uploadLock);
    const protocol = requireProtocol2(handler);
    const { limits: { data } } = protocol.hello;
    const frameBytes = Math.min(data, this.#bandwidth?.sent.frameBytes ?? data);
    return { protocol, context, uploadLock, frameBytes };
  }
}
