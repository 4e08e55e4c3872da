import type { Connection } from "../client/connection.ts";
import type { DownloadReceiver } from "../client/download_receiver.ts";
import { openDataConnection } from "../client/open_connection.ts";
import { requireProtocol2 } from "../client/protocol2_client.ts";
import { onAbort } from "../async/on_abort.ts";
import type { DownloadHead } from "../protocol/answers.ts";
import { ProtocolError, type RequestError } from "../protocol/errors.ts";
import type { ServerHello } from "../protocol/hello.ts";
import { CONTENT_LIMITS } from "../protocol/content_limits.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { WantedContent } from "../transfer/contents.ts";
import type { ContentHolder, ContentTicket } from "./content_sources.ts";

/** What a fetch does with the bytes that come. */
export interface ContentTarget {
  /** The position of the next byte. */
  readonly receivedBytes: number;
  /** The position behind the last byte that is wanted. */
  readonly endBytes: number;
  /** Takes bytes, and owns their buffer until `recycle` gets it. Resolves when there is room for more. */
  write(bytes: Uint8Array<ArrayBuffer>, recycle: (buffer: ArrayBuffer) => void): Promise<void>;
}

/**
 * Fetches the bytes of a content that a target lacks, over a connection of its own. Resolves when all are handed on.
 *
 * @throws {ConnectionError} | {ProtocolError} | {RequestError} when that server gives no more; the reason of the
 * signal
 */
export async function fetchFrom(
  holder: ContentHolder,
  { token, version }: ContentTicket,
  content: WantedContent,
  target: ContentTarget,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const connection = await connect(holder, token);
  using _ = onAbort(signal, () => connection.close());
  try {
    const receiver = new ContentReceiver(connection, content, target);
    const { sha256: path } = content;
    const { receivedBytes: offset, endBytes } = target;
    const isPart = offset > 0 || endBytes < content.sizeBytes; // The other server need not hash it
    const length = isPart ? { length: endBytes - offset } : {};
    const query = { path, offset, version, zstd: false, ...length };
    requireProtocol2(connection.handler).download(query, receiver);
    await receiver.ended;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    connection.close();
  }
}

/** The key alone decides: certificates of servers are often their own. */
async function connect(
  { host: hostname, port, fingerprint }: ContentHolder,
  session: string,
): Promise<Connection> {
  const timeoutMs = CONTENT_LIMITS.giverSilenceMs;
  const tls = fingerprint === null ? {} : { tls: { fingerprint } };
  return await openDataConnection({ hostname, port, timeoutMs, ...tls }, helloFor(session));
}

/** The part of the answer to HELO that a data connection needs before it comes. */
function helloFor(session: string): ServerHello {
  const { controlBytes: control, dataBytes: data, messageBytes: message } = LIMITS;
  return {
    agent: "",
    features: [],
    limits: { control, data, message, chat: null },
    auth: { required: false, mechanisms: [] },
    you: { nick: "", session },
    time: null,
    cluster: null,
    peers: [],
  };
}

/** One download of a content: FMET, data, FEND, or FAIL at any point. */
class ContentReceiver implements DownloadReceiver {
  readonly #connection: Connection;
  readonly #content: WantedContent;
  readonly #target: ContentTarget;
  readonly #end = Promise.withResolvers<void>();
  #hasBegun = false;

  constructor(connection: Connection, content: WantedContent, target: ContentTarget) {
    this.#connection = connection;
    this.#content = content;
    this.#target = target;
    this.#end.promise.catch(() => {}); // Handled by the caller of `ended`
  }

  /** Resolves with FEND. */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  onRequested(): void {}

  onHead({ size, offset }: DownloadHead): void {
    if (size !== this.#content.sizeBytes || offset !== this.#target.receivedBytes) {
      throw misled(`it sends ${size} bytes from ${offset} on`);
    }
    this.#hasBegun = true;
  }

  async onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#target.receivedBytes + bytes.length > this.#target.endBytes) {
      throw misled("more bytes come than were announced");
    }
    const { connection: { reader } } = this.#connection.context;
    await this.#target.write(bytes, (buffer) => reader.recycle(buffer));
  }

  onZstd(): Promise<void> {
    throw misled("it sends compressed data, which were not asked for");
  }

  onEnd(): void {
    if (this.#target.receivedBytes === this.#target.endBytes) return this.#end.resolve();
    this.fail(misled("fewer bytes have come than were announced"));
  }

  onFail(error: RequestError): void {
    this.fail(error);
  }

  fail(error: unknown): void {
    this.#end.reject(error);
  }
}

function misled(what: string): ProtocolError {
  return new ProtocolError("bad-sequence", `Cannot follow the server: ${what}`);
}
