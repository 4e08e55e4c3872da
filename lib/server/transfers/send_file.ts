import { modifiedOf, type StoredFile, versionOf } from "../../files/directory_store.ts";
import { protocol2Layout } from "../../protocol/data_frames.ts";
import { concatBytes, encodeJsonFrame } from "../../protocol/frames.ts";
import type { DownloadRequest } from "../../protocol/requests.ts";
import { sendData, type SendOptions } from "../../transfer/send_data.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import type { SendPlan } from "../../worker/jobs.ts";
import { watchTransfer } from "../context/path_access.ts";
import type { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";
import { bufferBytesFor } from "./buffer_bytes.ts";
import type { SentPiece } from "./piece_tally.ts";
import { openReadable } from "./open_readable.ts";
import type { Prefetch } from "./prefetch.ts";

/** An FGET request whose turn has come. */
export interface RequestedFile {
  readonly id: number;
  readonly request: DownloadRequest;
  readonly file: Prefetch<StoredFile>;
  /** Fires when the request is cancelled, or the connection is closed. */
  readonly signal: AbortSignal;
}

/**
 * Answers an FGET request with FMET, data and FEND. Resolves when they are handed to the system.
 *
 * @throws {RequestError} if the file cannot be sent; the reason of the signal if that fires
 */
export async function sendFile(
  context: SessionContext,
  replies: Replies,
  { id, request, file: prefetch, signal }: RequestedFile,
): Promise<SentPiece> {
  const startedMs = performance.now();
  const file = await prefetch.result();
  const use = { request: "FGET", path: request.path } as const;
  using _ = await watchTransfer(context, use, file, (reason) => {
    replies.pending.cancel(id, reason);
  });
  signal.throwIfAborted();
  using readable = await openReadable(context.services, file, signal);
  const found = { id, request, signal, ...readable };
  return { ...await sendFound(context, replies, found), startedMs };
}

/** A file that the peer may have. */
export interface FoundFile extends Omit<RequestedFile, "file">, Pick<SendOptions, "until"> {
  readonly file: StoredFile;
}

/** As {@link sendFile}, for a file that the peer may have. */
export async function sendFound(
  context: SessionContext,
  replies: Replies,
  { id, request, file, signal, until }: FoundFile,
): Promise<Omit<SentPiece, "startedMs">> {
  const offset = startOf(request, file);
  const end = endOf(request, offset, file);
  const sender = new FileSender(context, replies, {
    id,
    file,
    offset,
    end,
    signal,
    ...(until && { until }),
  });
  await sender.send(request);
  const { path } = request;
  const isLast = end === file.stamp.sizeBytes;
  return { path, version: versionOf(file), bytes: end - offset, isLast };
}

/** Encodes FMET. `sha256` is `null` if it is not known yet. */
export function encodeFmet(
  id: number,
  path: string,
  file: StoredFile,
  { offset, sha256 }: { readonly offset: number; readonly sha256: string | null },
): Uint8Array {
  const { stamp, isExecutable } = file;
  return encodeJsonFrame("FMET", {
    id,
    path,
    size: stamp.sizeBytes,
    mtime: modifiedOf(file),
    version: versionOf(file),
    offset,
    ...(sha256 !== null && { sha256 }),
    ...(isExecutable && { exec: true }),
  });
}

/** The wanted offset, if the file is still in the state that the client knows; else 0. */
function startOf({ offset, version }: DownloadRequest, file: StoredFile): number {
  return offset <= file.stamp.sizeBytes && version === versionOf(file) ? offset : 0;
}

/** Where the data end that begin at `offset`. */
function endOf({ length }: DownloadRequest, offset: number, { stamp }: StoredFile): number {
  return Math.min(stamp.sizeBytes, offset + (length ?? Infinity));
}

interface SentFile extends Pick<SendOptions, "until"> {
  readonly id: number;
  readonly file: StoredFile;
  readonly offset: number;
  /** The position behind the last byte to send. */
  readonly end: number;
  readonly signal: AbortSignal;
}

class FileSender {
  readonly #context: SessionContext;
  readonly #replies: Replies;
  readonly #sent: SentFile;

  constructor(context: SessionContext, replies: Replies, sent: SentFile) {
    this.#context = context;
    this.#replies = replies;
    this.#sent = sent;
  }

  /**
   * An unknown hash is computed from the sent data, or on its own if the client has the beginning
   * already: the data need not wait until the beginning is read. For a piece of a file, none is.
   */
  async send({ path, zstd, length }: DownloadRequest): Promise<void> {
    const { services: { hashes, store }, identity, connection: { writer } } = this.#context;
    const { id, file, offset, end, signal } = this.#sent;
    const known = hashes.known(file);
    const needsHash = known === null && length === null;
    const head = encodeFmet(id, path, file, { offset, sha256: known });
    if (file.stamp.sizeBytes === 0) await store.checkReadable(file);
    if (!needsHash && offset === end) {
      return await writer.sendBulk(concatBytes([head, this.#replies.encodeFileEnd(id, known)]));
    }
    const separateHash = needsHash && offset > 0
      ? hashes.get(file, { owner: identity.owner, signal })
      : null;
    separateHash?.catch(() => {}); // Awaited below, unless sending fails first
    const plan: SendPlan = {
      layout: protocol2Layout(end - offset, bufferBytesFor(this.#context.services)),
      offset,
      end,
      hashed: needsHash && separateHash === null,
      zstd,
    };
    const tail = (computed: string | null) => this.#replies.encodeFileEnd(id, known ?? computed);
    await this.#sendData(plan, { writer, signal, head, ...(separateHash === null && { tail }) });
    if (separateHash === null) return;
    await writer.sendBulk(this.#replies.encodeFileEnd(id, await separateHash));
  }

  async #sendData(plan: SendPlan, options: SendOptions): Promise<void> {
    const { services: { hashes, pool }, identity: { owner } } = this.#context;
    const { file, signal, until } = this.#sent;
    const startedMs = Date.now();
    const all: SendOptions = { ...options, ...(until && { until }) };
    const send = (worker: FileWorker) => sendData(worker, file, plan, all);
    const sha256 = await pool.use(send, { owner, signal });
    if (sha256 !== null) hashes.remember(file, sha256, startedMs);
  }
}
