import { abortable } from "@std/async/abortable";
import { basename } from "@std/path";
import { Mutex } from "../async/mutex.ts";
import { onAbort } from "../async/on_abort.ts";
import { findLocalFile } from "../files/local_file.ts";
import { SMALL_FILE_BYTES } from "../files/small_content.ts";
import { ConnectionError } from "../protocol/errors.ts";
import type { DownloadOptions, DownloadResult } from "../transfer/download_options.ts";
import { Protocol1Download } from "../transfer/protocol1_download.ts";
import { StreamDownload, type VerifiedStream } from "../transfer/stream_download.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload_options.ts";
import { checkText, checkUpload, placeDownload } from "./check_arguments.ts";
import type { ConnectOptions } from "./connect_options.ts";
import type { Connection } from "./connection.ts";
import { lost } from "./lost.ts";
import { contentBytes, type UploadContent } from "./content_reader.ts";
import { DataConnectionPool } from "./data_connection_pool.ts";
import { downloadFile } from "./download_file.ts";
import { type ConnectTarget, openDataConnection } from "./open_connection.ts";
import { requireProtocol2 } from "./protocol2_client.ts";
import { uploadContent } from "./upload_content.ts";
import { uploadFile } from "./upload_file.ts";
import type { UploadChannel } from "./upload_channel.ts";

/** Data connections at once. */
const DATA_CONNECTIONS = 4;
/** The assumed size of a file of unknown size: a few of them share a connection. */
const UNKNOWN_SIZE_BYTES = 256 * 1024;
/** The size of what a caller may move at its own pace: it has a connection to itself. */
const UNSHARED_BYTES = Number.MAX_SAFE_INTEGER;

/** Moves the files of a client, over data connections that it owns. Calls are those of `Client`. */
export class FileTransfers {
  /** Data connections at once. */
  readonly connections: number;
  readonly #control: Connection;
  readonly #pool: DataConnectionPool;
  readonly #uploadLocks = new WeakMap<Connection, Mutex>();

  /** Uses the control connection, and ends with it. */
  constructor(control: Connection, options: ConnectOptions) {
    this.connections = options.connections ?? DATA_CONNECTIONS;
    this.#control = control;
    this.#pool = new DataConnectionPool(() => this.#connect(options), this.connections);
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

  /** Sends QUIT over each data connection, and waits for their ends. */
  async quit(): Promise<void> {
    await this.#pool.quit();
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
      download.begin({ worker: worker(), recycle: (buffer) => reader.recycle(buffer) });
      const query = { path, offset: 0, version: null, zstd: false };
      requireProtocol2(handler).download(query, download);
      await download.stream.verified;
    });
  }

  async #uploadFile(path: string, options: UploadOptions): Promise<UploadResult> {
    const { sizeBytes = Infinity, zstd = false, signal } = options;
    const found = sizeBytes <= SMALL_FILE_BYTES && !zstd ? null : await findLocalFile(path);
    return await this.#move(found?.stamp.sizeBytes ?? sizeBytes, signal, async (connection) => {
      const worker = connection.context.worker();
      const small = found === null ? await worker.call("fetchSmallLocal", [path]) : null;
      const source = { file: small?.file ?? found ?? await findLocalFile(path), small };
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

  /** Moves a file over a data connection. An aborted caller need not wait until that has ended. */
  #move<T>(
    bytes: number,
    signal: AbortSignal | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const moved = this.#pool.use(bytes, (connection) => {
      signal?.throwIfAborted();
      return work(connection);
    });
    return signal === undefined ? moved : abortable(moved, signal);
  }

  /** @throws {ConnectionError} if the session has ended, the reason of that */
  async #connect(target: ConnectTarget): Promise<Connection> {
    try {
      const { hello } = await this.#control.requireProtocol2();
      return await openDataConnection(target, hello.you.session);
    } catch (error) {
      const isOver = error instanceof ConnectionError && error.requestCode === "unauthenticated";
      throw isOver ? await this.#control.ended() : error;
    }
  }

  async #throwIfClosed(): Promise<void> {
    if (this.#control.isClosed) throw await this.#control.closed ?? lost();
  }

  #channelOf(connection: Connection): UploadChannel {
    const { handler, context } = connection;
    const uploadLock = this.#uploadLocks.get(connection) ?? new Mutex();
    this.#uploadLocks.set(connection, uploadLock);
    return { protocol: requireProtocol2(handler), context, uploadLock };
  }
}
