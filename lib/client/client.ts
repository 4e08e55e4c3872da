import { abortable } from "@std/async/abortable";
import { basename } from "@std/path";
import { Mutex } from "../async/mutex.ts";
import { findLocalFile } from "../files/local_file.ts";
import { SMALL_FILE_BYTES } from "../files/small_content.ts";
import { decodeStatus, type ListedEntry, type PathStatus } from "../protocol/answers.ts";
import { ConnectionError, type ProtocolError } from "../protocol/errors.ts";
import type { ChatRate } from "../protocol/hello.ts";
import type { DownloadOptions, DownloadResult } from "../transfer/download_options.ts";
import { Protocol1Download } from "../transfer/protocol1_download.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload_options.ts";
import { Chat } from "./chat.ts";
import type { ConnectOptions, ListOptions, RequestOptions } from "./connect_options.ts";
import { type Connection, lost } from "./connection.ts";
import { DataConnectionPool } from "./data_connection_pool.ts";
import { downloadFile } from "./download_file.ts";
import { listFolder } from "./list_folder.ts";
import { type ConnectTarget, openDataConnection } from "./open_connection.ts";
import { type Protocol2Client, requireProtocol2 } from "./protocol2_client.ts";
import type { LoggedIn } from "./prove_account.ts";
import { readAnswer } from "./read_answer.ts";
import { uploadFile } from "./upload_file.ts";

/** Data connections at once. */
const DATA_CONNECTIONS = 4;
/** The assumed size of a file of unknown size: a few of them share a connection. */
const UNKNOWN_SIZE_BYTES = 256 * 1024;

/**
 * A client of a server: chat both ways, and files.
 *
 * It owns its connections and, once a file is moved, a worker for each data connection. It ends by
 * `quit`, by `close`, or when the connection is lost; `closed` resolves then, and every pending
 * request rejects.
 *
 * Requests reject with a `RequestError` when the server refuses, a `ConnectionError` when the
 * connection is lost, a `ProtocolError` when the server breaks the rules of the wire, and the
 * reason of their signal when that fires. A request that a server of protocol 1 cannot do rejects
 * with a `RequestError` `unsupported`.
 */
export class Client {
  /** The chat. */
  readonly chat: Chat;
  readonly #control: Connection;
  readonly #dataConnections: DataConnectionPool;
  readonly #uploadLocks = new WeakMap<Connection, Mutex>();

  /** Use {@connection connect}. Takes the connection over. @param account `null` for a guest */
  constructor(main: Connection, readonly account: LoggedIn | null, options: ConnectOptions) {
    this.#control = main;
    this.chat = new Chat(main);
    this.#dataConnections = new DataConnectionPool(
      () => this.#openDataConnection(options),
      options.connections ?? DATA_CONNECTIONS,
    );
    main.closed.then(() => this.#dataConnections.close());
  }

  /** The protocol of the connection. It rises to 2 if the server answers HELO late. */
  get protocol(): 1 | 2 {
    return this.#control.protocol;
  }

  /** The words of section 7 of the protocol that the server announces; none in protocol 1. */
  get features(): readonly string[] {
    const { handler } = this.#control;
    return handler.version === 2 ? handler.hello.features : [];
  }

  /** The pace at which the server takes chat messages of this client; `null` where it does not tell. */
  get chatRate(): ChatRate | null {
    const { handler } = this.#control;
    return handler.version === 2 ? handler.hello.limits.chat : null;
  }

  /** Resolves once the protocol is certain, or the server has had all the time that it gets. */
  get protocolSettled(): Promise<void> {
    return this.#control.protocolSettled;
  }

  /** Resolves when the connection has ended: to `null` after `quit` or `close`, else to the reason. */
  get closed(): Promise<ConnectionError | ProtocolError | null> {
    return this.#control.closed;
  }

  /** Whether the connection has ended. */
  get isClosed(): boolean {
    return this.#control.isClosed;
  }

  /**
   * Bytes that the server will still send although they are not wanted any more, since protocol 1
   * cannot stop a transfer: a new connection may be the shorter way to the next file.
   */
  get unwantedBytes(): number {
    return this.#control.handler.unwantedBytes;
  }

  /**
   * The files and folders in a folder of the server, sorted; by default in the root. `onOmitted`
   * learns what is there and cannot be fetched.
   *
   * @throws {ProtocolError} `too-large` when the listing does not end
   *
   * @example List a folder with all that is in it
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await Deno.writeTextFile(`${folder}/a.txt`, "a");
   * for await (const { path, size } of client.list("", { recursive: true })) console.log(path, size);
   * ```
   */
  async *list(path = "", options: ListOptions = {}): AsyncGenerator<ListedEntry> {
    yield* listFolder(await this.#protocol2(), path, options);
  }

  /**
   * The status of a path. The server computes the SHA-256 of a file where it is not known.
   *
   * @example Compare a local file with the server's
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await Deno.writeTextFile(`${folder}/a.txt`, "a");
   * const { sha256 } = await client.stat("a.txt");
   * console.log(sha256);
   * ```
   */
  async stat(path: string, { signal }: RequestOptions = {}): Promise<PathStatus> {
    const answer = await (await this.#protocol2()).request("STAT", { path }, signal);
    return readAnswer(() => decodeStatus(answer));
  }

  /**
   * Makes a folder on the server, and those above it. An existing folder is no error.
   *
   * @example Make a folder
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder, uploads: true });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await client.makeFolder("reports/2026");
   * ```
   */
  async makeFolder(path: string, { signal }: RequestOptions = {}): Promise<void> {
    await (await this.#protocol2()).request("MKDR", { path }, signal);
  }

  /**
   * Fetches a file. Several may be requested at once.
   *
   * @param path on the server
   * @throws {RequestError} also when the content is not right (`integrity`)
   * @throws {DiskError} when the local disk fails
   *
   * @example Fetch a file, verified
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await Deno.writeTextFile(`${folder}/a.txt`, "a");
   * const { file, sha256 } = await client.download("a.txt", { directory: folder, name: "b.txt" });
   * console.log(file, sha256);
   * ```
   */
  async download(path: string, options: DownloadOptions): Promise<DownloadResult> {
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
    return await this.#move(sizeBytes, signal, async (connection) => {
      return await downloadFile(
        requireProtocol2(connection.handler),
        connection.context,
        path,
        options,
      );
    });
  }

  /**
   * Sends a file. Several may be sent at once.
   *
   * @param file its path on this machine
   * @throws {RequestError} `changed` when it changes meanwhile, `exists`, `denied`, `no-space` …
   * @throws {DiskError} when the local disk fails
   *
   * @example Send a file, and tell a room
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder, uploads: true });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await Deno.writeTextFile(`${folder}/a.txt`, "a");
   * await client.upload(`${folder}/a.txt`, { path: "inbox/a.txt", room: "lobby" });
   * ```
   */
  async upload(file: string, options: UploadOptions = {}): Promise<UploadResult> {
    await this.#throwIfClosed();
    await this.#protocol2();
    const { sizeBytes = Infinity, zstd = false, signal } = options;
    const found = sizeBytes <= SMALL_FILE_BYTES && !zstd ? null : await findLocalFile(file);
    return await this.#move(found?.stamp.sizeBytes ?? sizeBytes, signal, async (connection) => {
      const { handler, context } = connection;
      const channel = {
        protocol: requireProtocol2(handler),
        context,
        uploadLock: this.#uploadLockOf(connection),
      };
      const small = found === null ? await context.worker().call("fetchSmallLocal", [file]) : null;
      const source = { file: small?.file ?? found ?? await findLocalFile(file), small };
      const path = options.path ?? basename(source.file.realPath);
      return await uploadFile(channel, source, path, options);
    });
  }

  /** Sends QUIT. Resolves to `null` if the server closes then, having taken all that was sent. */
  async quit(): Promise<ConnectionError | ProtocolError | null> {
    await this.#dataConnections.quit();
    return await this.#control.quit();
  }

  /** Closes all connections at once. */
  close(): void {
    this.#dataConnections.close();
    this.#control.close();
  }

  /** Quits, if there is a connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isClosed) await this.quit();
  }

  /** Moves a file over a data connection. An aborted caller need not wait until that has ended. */
  #move<T>(
    bytes: number,
    signal: AbortSignal | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const moved = this.#dataConnections.use(bytes, (connection) => {
      signal?.throwIfAborted();
      return work(connection);
    });
    return signal === undefined ? moved : abortable(moved, signal);
  }

  /** @throws {ConnectionError} if the session has ended, the reason of that */
  async #openDataConnection(target: ConnectTarget): Promise<Connection> {
    try {
      return await openDataConnection(target, (await this.#protocol2()).hello.you.session);
    } catch (error) {
      const isOver = error instanceof ConnectionError && error.requestCode === "unauthenticated";
      throw isOver ? await this.#control.ended() : error;
    }
  }

  /** @throws {RequestError} `unsupported` where the server speaks only protocol 1 */
  async #protocol2(): Promise<Protocol2Client> {
    return await this.#control.requireProtocol2();
  }

  async #throwIfClosed(): Promise<void> {
    if (this.#control.isClosed) throw await this.closed ?? lost();
  }

  #uploadLockOf(connection: Connection): Mutex {
    const lock = this.#uploadLocks.get(connection) ?? new Mutex();
    this.#uploadLocks.set(connection, lock);
    return lock;
  }
}
