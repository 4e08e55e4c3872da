import type { StoredFile } from "../../files/directory_store.ts";
import { versionTag } from "../../files/file_stamp.ts";
import { protocol2Layout } from "../../protocol/data_frames.ts";
import { concatBytes, encodeJsonFrame } from "../../protocol/frames.ts";
import type { DownloadRequest } from "../../protocol/requests.ts";
import { sendData, type SendOptions } from "../../transfer/send_data.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import type { SendPlan } from "../../worker/jobs.ts";
import { watchAccess } from "../context/path_access.ts";
import type { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";
import { bufferBytesFor } from "./buffer_bytes.ts";
import type { SentPiece } from "./piece_tally.ts";
import type { Prefetch } from "./prefetch.ts";

/** An FGET request whose turn has come. */
export interface RequestedFile {
  readonly id: number;
  readonly request: DownloadRequest;
  readonly file: Prefetch<StoredFile>;
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
  using _ = watchAccess(context, { request: "FGET", path: request.path }, file, (reason) => {
    replies.pending.cancel(id, reason);
  });
  const offset = startOf(request, file);
  const end = endOf(request, offset, file);
  const sender = new FileSender(context, replies, { id, file, offset, end, signal });
  await sender.send(request);
  const { path } = request;
  const { stamp } = file;
  const isLast = end === stamp.sizeBytes;
  return { path, version: versionTag(stamp), bytes: end - offset, isLast, startedMs };
}

/** Encodes FMET. `sha256` is `null` if it is not known yet. */
export function encodeFmet(
  id: number,
  path: string,
  { stamp }: StoredFile,
  { offset, sha256 }: { readonly offset: number; readonly sha256: string | null },
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

/** The wanted offset, if the file is still in the state that the client knows; else 0. */
function startOf({ offset, version }: DownloadRequest, { stamp }: StoredFile): number {
  return offset <= stamp.sizeBytes && version === versionTag(stamp) ? offset : 0;
}

/** Where the data end that begin at `offset`. */
function endOf({ length }: DownloadRequest, offset: number, { stamp }: StoredFile): number {
  return Math.min(stamp.sizeBytes, offset + (length ?? Infinity));
}

interface SentFile {
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
    const { services: { hashes, store, pool }, identity, connection: { writer } } = this.#context;
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
      layout: protocol2Layout(end - offset, bufferBytesFor(pool.jobCount)),
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
    const { file, signal } = this.#sent;
    const startedMs = Date.now();
    const send = (worker: FileWorker) => sendData(worker, file, plan, options);
    const sha256 = await pool.use(send, { owner, signal });
    if (sha256 !== null) hashes.remember(file, sha256, startedMs);
  }
}
