import { deadline } from "../async/deadline.ts";
import type { ListedEntry, PathStatus, RemovedPath } from "../protocol/answers.ts";
import type { ConnectionError, ProtocolError } from "../protocol/errors.ts";
import type { ChatRate } from "../protocol/hello.ts";
import type { DownloadOptions, DownloadResult } from "../transfer/download_options.ts";
import type { VerifiedStream } from "../transfer/stream_download.ts";
import type {
  ContentUploadOptions,
  UploadOptions,
  UploadResult,
} from "../transfer/upload_options.ts";
import type { ReceivedEvent } from "./chat.ts";
import { ClientChat } from "./client_chat.ts";
import { ClientLinks } from "./client_links.ts";
import type { ConnectOptions, ListOptions, RequestOptions } from "./connect_options.ts";
import type { Connection } from "./connection.ts";
import type { UploadContent } from "./content_reader.ts";
import { FileTransfers } from "./file_transfers.ts";
import { listPages } from "./list_pages.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import type { LoggedIn } from "./prove_account.ts";
import { type MoveOptions, RemoteChanges, type RemoveOptions } from "./remote_changes.ts";
import { statPath } from "./stat_path.ts";

/** How long the end of a block that declares a client may wait for the server. */
const DISPOSE_MS = 2_000;

/** Set by the class, which keeps its parts private. */
let transfersIn: (client: Client) => FileTransfers;

/** What moves the files of a client, for transfers of many files. */
export function transfersOf(client: Client): FileTransfers {
  return transfersIn(client);
}

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
  readonly chat: ClientChat;
  /** The links by which others fetch or upload. */
  readonly links: ClientLinks = new ClientLinks(() => this.#protocol2());
  readonly #control: Connection;
  readonly #files: FileTransfers;
  readonly #changes = new RemoteChanges(() => this.#protocol2());

  static {
    transfersIn = (client) => client.#files;
  }

  /** Use {@connection connect}. Takes the connection over. @param account `null` for a guest */
  constructor(main: Connection, readonly account: LoggedIn | null, options: ConnectOptions) {
    this.#control = main;
    this.chat = new ClientChat(main, options);
    this.#files = new FileTransfers(main, options);
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

  /** How many data connections the client opens at the most. */
  get connections(): number {
    return this.#files.connections;
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
   * All events of the chat from now on, the client's own messages included, for a loop: a queue of at
   * most 1,024, which leaving the loop frees. The first loops also get what came while connecting. Texts
   * are from peers: clean them before they are shown.
   *
   * The loop ends with `quit` and `close`. It throws a {@link LaggedError} once it has had what waits,
   * when more events came than that; the reason when the connection is lost, and that of its signal.
   *
   * @example Answer a message
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * await using server = await serve({ port: 0, root: await Deno.makeTempDir() });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * const events = client.events();
   * await client.chat.say("!time");
   * for await (const event of events) {
   *   if (event.event !== "message" || event.text !== "!time") continue;
   *   await client.chat.say(new Date().toISOString());
   *   break;
   * }
   * ```
   */
  events(options: RequestOptions = {}): AsyncIterableIterator<ReceivedEvent> {
    return this.chat.events(options);
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
    yield* listPages(await this.#protocol2(), path, options);
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
    return await statPath(await this.#protocol2(), path, signal);
  }

  /** Makes a folder on the server, and those above it: see {@link RemoteChanges.makeFolder}. */
  async makeFolder(path: string, options?: RequestOptions): Promise<boolean> {
    return await this.#changes.makeFolder(path, options);
  }

  /** Gives a file or folder on the server another path: see {@link RemoteChanges.move}. */
  async move(path: string, to: string, options?: MoveOptions): Promise<void> {
    await this.#changes.move(path, to, options);
  }

  /** Removes a file or folder on the server: see {@link RemoteChanges.remove}. */
  async remove(path: string, options?: RemoveOptions): Promise<RemovedPath> {
    return await this.#changes.remove(path, options);
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
  async download(path: string, options: DownloadOptions = {}): Promise<DownloadResult> {
    return await this.#files.download(path, options);
  }

  /**
   * A file as a stream. Its bytes come before the verdict: use them only as far as that is not needed,
   * or await `verified`. It takes a data connection until it has ended or is cancelled; the server may
   * close that when the reader takes nothing for 30 s. At most one block waits, of a MiB.
   *
   * The stream and `verified` fail as requests do, with `integrity` when the content is not right.
   *
   * @param path on the server
   * @throws {TypeError} for a path that is none
   *
   * @example Read a file, and know that it was right
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await Deno.writeTextFile(`${folder}/a.txt`, "a");
   * const stream = client.read("a.txt");
   * console.log(await new Response(stream).text(), await stream.verified);
   * ```
   */
  read(path: string, { signal }: RequestOptions = {}): VerifiedStream {
    return this.#files.read(path, signal);
  }

  /**
   * Sends a file. Several may be sent at once.
   *
   * Content is hashed while it is sent, and leaves nothing on the server when it fails. The caller keeps
   * its array or blob, unchanged until the upload has settled; a stream is read to its end, or cancelled.
   *
   * @param file its path on this machine, or the content: bytes, or a stream with `sizeBytes`
   * @throws {RequestError} `changed` when it changes meanwhile, `exists`, `denied`, `no-space` …
   * @throws {DiskError} when the local disk fails
   * @throws {RangeError} when a stream is longer or shorter than `sizeBytes`; what the stream fails with
   *
   * @example Send a file, and tell a room; send bytes
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder, uploads: true });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await Deno.writeTextFile(`${folder}/a.txt`, "a");
   * await client.upload(`${folder}/a.txt`, { path: "inbox/a.txt", room: "lobby" });
   * await client.upload(new TextEncoder().encode("b"), { path: "inbox/b.txt" });
   * ```
   */
  upload(file: string, options?: UploadOptions): Promise<UploadResult>;
  /** Sends content that is in no file. */
  upload(content: UploadContent, options: ContentUploadOptions): Promise<UploadResult>;
  async upload(file: UploadContent | string, options: UploadOptions = {}): Promise<UploadResult> {
    return await this.#files.upload(file, options);
  }

  /** Sends QUIT. Resolves to `null` if the server closes then, having taken all that was sent. */
  async quit(): Promise<ConnectionError | ProtocolError | null> {
    await this.#files.quit();
    return await this.#control.quit();
  }

  /** Closes all connections at once. */
  close(): void {
    this.#files.close();
    this.#control.close();
  }

  /** Quits, and closes what has not ended after 2 s. Never rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    const end = this.isClosed ? this.closed : this.quit();
    if (await deadline(end, DISPOSE_MS, "late") !== "late") return;
    this.close();
    await this.closed;
  }

  /** @throws {RequestError} `unsupported` where the server speaks only protocol 1 */
  async #protocol2(): Promise<Protocol2Client> {
    return await this.#control.requireProtocol2();
  }
}
