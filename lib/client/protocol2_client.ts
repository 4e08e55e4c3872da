import { onAbort } from "../async/on_abort.ts";
import { decodeDownloadHead, decodeFailure } from "../protocol/answers.ts";
import type { ChatEvent } from "../protocol/chat_events.ts";
import { decodeEvent } from "../protocol/decode_event.ts";
import { ConnectionError, ProtocolError, RequestError } from "../protocol/errors.ts";
import { encodeJsonFrame, type JsonFrameType } from "../protocol/frames.ts";
import type { ServerHello } from "../protocol/hello.ts";
import { decodeObject, Fields, type JsonObject, LARGEST_ID } from "../protocol/json.ts";
import type { ControlFrame, Frame } from "../stream/frames/frame_reader.ts";
import type { ClientProtocol, ConnectionContext } from "./client_protocol.ts";
import type { DownloadReceiver } from "./download_receiver.ts";
import { readAnswer } from "./read_answer.ts";

/** A request that waits for its answer. */
interface Pending {
  readonly resolve: (object: JsonObject) => void;
  readonly reject: (error: unknown) => void;
  /** Handles REDY. */
  readonly onReady?: (offset: number) => void;
  /** Whether PONG is its answer. */
  readonly isPing: boolean;
}

/** A download whose final frame has not come. */
interface ActiveDownload {
  readonly id: number;
  readonly download: DownloadReceiver;
  /** Whether FEND need not tell the SHA-256. */
  readonly isPiece: boolean;
}

/** The fields of FGET. */
export interface DownloadQuery {
  readonly path: string;
  readonly offset: number;
  readonly version: string | null;
  readonly zstd: boolean;
  /** At most so many bytes, where the server has the feature `ranges`; else all. */
  readonly length?: number;
}

/** Options of {@link Protocol2Client.begin}. */
export interface BeginOptions {
  /** Handles REDY. */
  readonly onReady?: (offset: number) => void;
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
  readonly #context: ConnectionContext;
  readonly #onEvent: (event: ChatEvent) => void;
  readonly #pending = new Map<number, Pending>();
  readonly #downloads: ActiveDownload[] = [];
  #lastId = 0;
  #closed: { readonly reason: unknown } | null = null;

  /** @param onEvent called with each event of the chat */
  constructor(context: ConnectionContext, hello: ServerHello, onEvent: (event: ChatEvent) => void) {
    this.#context = context;
    this.hello = hello;
    this.#onEvent = onEvent;
  }

  /** @inheritdoc */
  get awaitsAnswer(): boolean {
    return this.#pending.size > 0 || this.#downloads.length > 0;
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
    { onReady, send }: BeginOptions = {},
  ): { readonly id: number; readonly done: Promise<JsonObject> } {
    const id = this.#nextId();
    const { promise: done, resolve, reject } = Promise.withResolvers<JsonObject>();
    done.catch(() => {}); // Handled by the caller
    if (this.#closed !== null) {
      reject(this.#closed.reason);
      return { id, done };
    }
    this.#pending.set(id, {
      resolve,
      reject,
      isPing: type === "PING",
      ...(onReady && { onReady }),
    });
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
    download.onRequested(() => this.#cancelDownload(id));
    this.#send("FGET", {
      id,
      path,
      ...(offset > 0 && { offset, version }),
      ...(zstd && { zstd }),
      ...(length !== undefined && { length }),
    });
  }

  /** Sends FCAN. */
  cancel(id: number): void {
    this.#send("FCAN", { id });
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

  #onControl({ type, payload }: ControlFrame): void {
    const object = decodeObject(payload);
    switch (type) {
      case "EVNT":
        return this.#onEventFrame(object);
      case "FMET":
        return this.#onHead(object);
      case "FEND":
        return this.#onEnd(object);
      case "DONE":
      case "AUTH":
        return this.#removePending(object)?.resolve(object);
      case "REDY":
        return this.#pending.get(idOf(object))?.onReady?.(new Fields(object).integer("offset"));
      case "FAIL":
        return this.#onFail(object);
      case "PING":
        return this.#send("PONG", { id: object.id });
      case "PONG":
        return this.#onPong(object);
    }
  }

  /** A connection also sends PING by itself: nothing waits for that PONG. */
  #onPong(object: JsonObject): void {
    if (this.#pending.get(Number(object.id))?.isPing) this.#removePending(object)?.resolve(object);
  }

  /** Only while the server still sends: a download that ends by itself needs no FCAN. */
  #cancelDownload(id: number): void {
    if (this.#downloads.some((active) => active.id === id)) this.cancel(id);
  }

  #onEventFrame(object: JsonObject): void {
    const event = decodeEvent(object);
    if (event !== null) this.#onEvent(event);
  }

  #onHead(object: JsonObject): void {
    const [active] = this.#downloads;
    if (active?.id !== idOf(object) || active.download.hasBegun) throw outOfOrder("FMET");
    active.download.onHead(decodeDownloadHead(object));
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
  #current(what: string): DownloadReceiver {
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
  const detail = "Cannot do this by protocol 1, and the connection speaks no other";
  throw new RequestError("unsupported", detail, { reason: "protocol-1" });
}

/** Why a server closes, as the FAIL without an id tells. */
export function rejectionOfFail({ message, code, reason }: RequestError): ConnectionError {
  return new ConnectionError("rejected", message, {
    requestCode: code,
    isQuote: true,
    ...(reason !== null && { requestReason: reason }),
  });
}
