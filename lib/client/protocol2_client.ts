import { onAbort } from "../async/on_abort.ts";
import { decodeDownloadHead, decodeFailure } from "../protocol/answers.ts";
import type { ChatEvent } from "../protocol/chat_events.ts";
import { decodeEvent } from "../protocol/decode_event.ts";
import { ProtocolError, RequestError } from "../protocol/errors.ts";
import { encodeJsonFrame, type JsonFrameType } from "../protocol/frames.ts";
import type { ServerHello } from "../protocol/hello.ts";
import { decodeObject, Fields, type JsonObject, LARGEST_ID } from "../protocol/json.ts";
import type { Peer } from "../protocol/peers.ts";
import type { BatchReceiver } from "./batch_receiver.ts";
import type { ControlFrame, Frame } from "../stream/frames/frame_reader.ts";
import type { ClientProtocol, ConnectionContext } from "./client_protocol.ts";
import type { DownloadQuery, DownloadReceiver } from "./download_receiver.ts";
import { type ActiveDownload, type Pending, silenceMsOf } from "./pending.ts";
import { rejectionOfFail } from "./lost.ts";
import { readAnswer } from "./read_answer.ts";

/** Options of {@link Protocol2Client.begin}. */
export interface BeginOptions {
  /** Handles REDY. */
  readonly onReady?: (offset: number) => void;
  /** Handles PAGE. */
  readonly onPage?: (page: JsonObject) => void;
  /** Sends the frame, and others with it. Default: by the control lane. */
  readonly send?: (frame: Uint8Array) => void;
}

/** The client's side of protocol 2: requests and their answers. */
export class Protocol2Client implements ClientProtocol {
  readonly version = 2;
  /** The server can be told to stop a transfer. */
  readonly unwantedBytes = 0;
  /** The server's HELO. */
  readonly hello: ServerHello;
  /** The servers of the cluster that are there now, as HELO and events have told them. */
  peers: readonly Peer[];
  readonly #context: ConnectionContext;
  readonly #onEvent: (event: ChatEvent) => void;
  readonly #pending = new Map<number, Pending>();
  readonly #downloads: ActiveDownload[] = [];
  /** What is done with each type of frame besides data. */
  readonly #handlers: Readonly<Record<string, (object: JsonObject) => void>> = {
    EVNT: (object) => this.#onEventFrame(object),
    FMET: (object) => this.#onHead(object),
    MMET: (object) => this.#onTable(object),
    FEND: (object) => this.#onEnd(object),
    DONE: (object) => this.#onDone(object),
    AUTH: (object) => this.#onDone(object),
    REDY: (object) =>
      this.#pending.get(idOf(object))?.onReady?.(new Fields(object).integer("offset")),
    PAGE: (object) => this.#pending.get(idOf(object))?.onPage?.(object),
    FAIL: (object) => this.#onFail(object),
    PING: ({ id }) => void this.#send("PONG", { id }),
    PONG: (object) => this.#onPong(object),
  };
  #lastId = 0;
  #closed: { readonly reason: unknown } | null = null;

  /** @param onEvent called with each event of the chat */
  constructor(context: ConnectionContext, hello: ServerHello, onEvent: (event: ChatEvent) => void) {
    this.#context = context;
    this.hello = hello;
    this.peers = hello.peers;
    this.#onEvent = onEvent;
  }

  /** @inheritdoc */
  get awaitsAnswer(): boolean {
    return this.#pending.size > 0 || this.#downloads.length > 0;
  }

  /** @inheritdoc */
  get silenceMs(): number {
    return silenceMsOf(this.peers, [...this.#pending.values(), ...this.#downloads]);
  }

  /**
   * Sends a request.
   *
   * @returns the fields of DONE
   * @throws {RequestError} the one of FAIL; the reason of `signal`, which also cancels the request
   */
  async request(
    type: JsonFrameType,
    fields: Record<string, unknown>,
    signal?: AbortSignal,
  ): Promise<JsonObject> {
    const { id, done } = this.begin(type, fields);
    if (signal === undefined) return await done;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abortion = onAbort(signal, () => {
      this.cancel(id);
      reject(signal.reason);
    });
    return await Promise.race([done, aborted]).finally(() => abortion[Symbol.dispose]());
  }

  /** Sends a request whose id or intermediate answers the caller needs. */
  begin(
    type: JsonFrameType,
    fields: Record<string, unknown>,
    { send, ...handlers }: BeginOptions = {},
  ): { readonly id: number; readonly done: Promise<JsonObject> } {
    const id = this.#nextId();
    const { promise: done, resolve, reject } = Promise.withResolvers<JsonObject>();
    done.catch(() => {}); // Handled by the caller
    if (this.#closed !== null) {
      reject(this.#closed.reason);
      return { id, done };
    }
    this.#pending.set(id, { resolve, reject, isPing: type === "PING", ...handlers });
    if (send === undefined) this.#send(type, { id, ...fields });
    else send(encodeJsonFrame(type, { id, ...fields }));
    return { id, done };
  }

  /** Sends the next frame of a request whose answer was not the final one. */
  proceed(id: number, type: JsonFrameType, fields: Record<string, unknown>): Promise<JsonObject> {
    const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
    promise.catch(() => {}); // Handled by the caller
    if (this.#closed !== null) reject(this.#closed.reason);
    else this.#pending.set(id, { resolve, reject, isPing: false });
    this.#send(type, { id, ...fields });
    return promise;
  }

  /** Requests a file, whose frames go to `download`. Files come in the order of the requests. */
  download(query: DownloadQuery, download: DownloadReceiver): void {
    if (this.#closed !== null) return download.fail(this.#closed.reason);
    const id = this.#nextId();
    const { path, offset, version, zstd, length } = query;
    this.#downloads.push({ id, download, isPiece: length !== undefined });
    download.onRequested(() => this.#cancelDownload(id), id);
    this.#send("FGET", {
      id,
      path,
      ...(offset > 0 && { offset, version }),
      ...(zstd && { zstd }),
      ...(length !== undefined && { length }),
    });
  }

  /** Sends MGET, whose answer goes to `batch`. @param query its fields, but for `id` */
  downloadBatch(query: Record<string, unknown>, batch: BatchReceiver): void {
    if (this.#closed !== null) return batch.fail(this.#closed.reason);
    const id = this.#nextId();
    this.#downloads.push({ id, download: batch, isPiece: true });
    batch.onRequested(() => this.#cancelDownload(id));
    this.#send("MGET", { id, ...query });
  }

  /** Sends FCAN. @param fields its fields, but for `id` */
  cancel(id: number, fields: Record<string, unknown> = {}): void {
    this.#send("FCAN", { id, ...fields });
  }

  /** @inheritdoc */
  onFrame(frame: Frame): Promise<void> | void {
    if (frame.kind === "data") return this.#current("file data").onData(frame.bytes);
    if (frame.kind === "zstd") return this.#current("file data").onZstd(frame.payload);
    return readAnswer(() => this.#onControl(frame));
  }

  /** @inheritdoc */
  onClosed(reason: unknown): void {
    this.#closed = { reason };
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
    for (const { download } of this.#downloads.splice(0)) download.fail(reason);
  }

  /** A frame of another type is one of a later version: nothing is known of its payload. */
  #onControl({ type, payload }: ControlFrame): void {
    this.#handlers[type]?.(decodeObject(payload));
  }

  #onDone(object: JsonObject): void {
    this.#removePending(object)?.resolve(object);
  }

  /** A connection also sends PING by itself: nothing waits for that PONG. */
  #onPong(object: JsonObject): void {
    if (this.#pending.get(Number(object.id))?.isPing) this.#onDone(object);
  }

  /** Only while the server still sends: a download that ends by itself needs no FCAN. */
  #cancelDownload(id: number): void {
    if (this.#downloads.some((active) => active.id === id)) this.cancel(id);
  }

  #onEventFrame(object: JsonObject): void {
    const event = decodeEvent(object);
    if (event?.event === "peers") this.peers = event.peers;
    if (event !== null) this.#onEvent(event);
  }

  #onHead(object: JsonObject): void {
    const download = this.#unbegun("FMET", object);
    if (!("onHead" in download)) throw outOfOrder("FMET");
    download.onHead(decodeDownloadHead(object));
  }

  #onTable(object: JsonObject): void {
    const download = this.#unbegun("MMET", object);
    if (!("onTable" in download)) throw outOfOrder("MMET");
    download.onTable(object);
  }

  /** The download that a head is for. */
  #unbegun(what: string, object: JsonObject): DownloadReceiver | BatchReceiver {
    const [active] = this.#downloads;
    if (active?.id === idOf(object) && !active.download.hasBegun) return active.download;
    throw outOfOrder(what);
  }

  #onEnd(object: JsonObject): void {
    const [active] = this.#downloads;
    if (active?.id !== idOf(object) || !active.download.hasBegun) throw outOfOrder("FEND");
    const fields = new Fields(object);
    const sha256 = active.isPiece ? fields.optionalSha256("sha256") : fields.sha256("sha256");
    this.#downloads.shift();
    active.download.onEnd(sha256);
  }

  #onFail(object: JsonObject): void {
    const failure = decodeFailure(object);
    if (object.id === null) return this.#context.onRejection(rejectionOfFail(failure));
    const id = idOf(object);
    const at = this.#downloads.findIndex((active) => active.id === id);
    if (at >= 0) this.#downloads.splice(at, 1)[0]?.download.onFail(failure);
    else this.#removePending(object)?.reject(failure);
  }

  #removePending(object: JsonObject): Pending | undefined {
    const id = idOf(object);
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  /** The download that data frames belong to. */
  #current(what: string): DownloadReceiver | BatchReceiver {
    const [active] = this.#downloads;
    if (active?.download.hasBegun) return active.download;
    throw outOfOrder(what);
  }

  #nextId(): number {
    this.#lastId = this.#lastId % LARGEST_ID + 1;
    return this.#lastId;
  }

  #send(type: JsonFrameType, value: Record<string, unknown>): void {
    this.#context.connection.writer.send(encodeJsonFrame(type, value));
  }
}

function idOf(object: JsonObject): number {
  return new Fields(object).id();
}

function outOfOrder(what: string): ProtocolError {
  return new ProtocolError(
    "bad-sequence",
    `Cannot follow the server: ${what} came out of order`,
  );
}

/**
 * The client's side of a connection, if that speaks protocol 2.
 *
 * @throws {RequestError} `unsupported` when it does not
 */
export function requireProtocol2(protocol: ClientProtocol): Protocol2Client {
  if (protocol instanceof Protocol2Client) return protocol;
  const detail = "Cannot do this by protocol 1";
  throw new RequestError("unsupported", detail, { reason: "protocol-1" });
}
