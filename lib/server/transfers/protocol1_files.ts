import { onAbort } from "../../async/on_abort.ts";
import type { StoredFile } from "../../files/directory_store.ts";
import { protocol1Layout } from "../../protocol/data_frames.ts";
import { RequestError } from "../../protocol/errors.ts";
import { encodeFileMetadata } from "../../protocol/file_metadata.ts";
import { concatBytes, encodeFrame } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { checkPath, lastComponent } from "../../protocol/path.ts";
import { sendData } from "../../transfer/send_data.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import { reportFailure } from "../context/failure_reply.ts";
import { watchAccess } from "../context/path_access.ts";
import { recordDownload } from "../context/record_transfer.ts";
import type { SessionContext } from "../context/session_context.ts";
import { bufferBytesFor } from "./buffer_bytes.ts";
import { findReadable } from "./find_readable.ts";
import { openReadable, type ReadableFile } from "./open_readable.ts";
import { Prefetch } from "./prefetch.ts";
import { RequestQueue } from "./request_queue.ts";

/** A file whose path is allowed. */
interface FoundFile {
  readonly path: string;
  readonly file: StoredFile;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @throws {RequestError} `bad-path`: what would stand for other bytes may be the name of a file */
function decodeName(payload: Uint8Array): string {
  try {
    return utf8.decode(payload).trim();
  } catch (cause) {
    throw new RequestError("bad-path", undefined, { reason: "path-unicode", cause });
  }
}

/**
 * The FILE requests of one protocol 1 client, answered one after the other in their order.
 *
 * All frames of an answer go through the bulk lane, so that they keep their order.
 */
export class Protocol1Files {
  readonly #context: SessionContext;
  readonly #queue = new RequestQueue();
  /** Made for the first request: most clients never ask for a file. */
  #closed: AbortController | null = null;

  /** Answers over the connection of `context`. */
  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Queues a request. Resolves when the next frame may be read. @param payload of FILE */
  add(payload: Uint8Array): Promise<void> {
    const name = new TextDecoder().decode(payload).trim();
    const found = new Prefetch(async (): Promise<FoundFile> => {
      const path = checkPath(decodeName(payload));
      return { path, file: await findReadable(this.#context, "FILE", path) };
    });
    this.#queue.add({ prepare: () => found.start(), answer: () => this.#answer(name, found) });
    return this.#queue.belowLimit(LIMITS.unansweredRequests);
  }

  /** Cancels the requests: the connection is closed, or about to be. */
  onClosed(): void {
    this.#closed?.abort();
  }

  /** Resolves when every request is answered. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Fires when the connection is closed. */
  get #signal(): AbortSignal {
    this.#closed ??= new AbortController();
    if (this.#context.connection.isClosed) this.#closed.abort();
    return this.#closed.signal;
  }

  async #answer(name: string, found: Prefetch<FoundFile>): Promise<void> {
    const { services, identity, connection: { writer } } = this.#context;
    const closed = this.#signal;
    if (closed.aborted) return;
    services.stats.transfers++;
    const cancel = new AbortController();
    using _ = onAbort(closed, () => cancel.abort(closed.reason));
    try {
      await this.#send(found, cancel);
    } catch (error) {
      if (closed.aborted) return;
      const { message } = reportFailure(services, identity, error, { path: name });
      // If the connection fails, its owner learns it from the writer
      await writer.sendBulk(encodeFrame("FERR", message)).catch(() => {});
    } finally {
      services.stats.transfers--;
    }
  }

  async #send(found: Prefetch<FoundFile>, cancel: AbortController): Promise<void> {
    const { settings, stopping } = this.#context.services;
    if (stopping.aborted) throw new RequestError("shutting-down");
    if (!settings.files) throw new RequestError("unsupported");
    const startedMs = performance.now();
    const { path, file } = await found.result();
    const use = { request: "FILE", path } as const;
    using _ = watchAccess(this.#context, use, file, (reason) => cancel.abort(reason));
    const { signal } = cancel;
    const { sizeBytes } = file.stamp;
    const metadata = encodeFileMetadata({ name: lastComponent(path), sizeBytes });
    const head = [encodeFrame("FROK"), encodeFrame("FMTA", metadata)];
    head.push(encodeFrame("FHSH", Uint8Array.fromHex(await this.#hash(file, head, signal))));
    using readable = await openReadable(this.#context.services, file, signal);
    await this.#sendContent(readable, concatBytes(head), signal);
    recordDownload(this.#context, path, sizeBytes, startedMs);
  }

  /**
   * The hash of a file. If it is not known yet, the frames in `head` leave first: a client may give
   * up after some seconds without a frame. A file with a known hash was read in this state; any
   * other, and an empty file, is checked for being readable.
   */
  async #hash(file: StoredFile, head: Uint8Array[], signal: AbortSignal): Promise<string> {
    const { services: { hashes, store }, identity, connection: { writer } } = this.#context;
    const known = hashes.known(file);
    if (known !== null && file.stamp.sizeBytes > 0) return known;
    await store.checkReadable(file);
    if (known !== null) return known;
    await writer.sendBulk(concatBytes(head.splice(0)));
    return await hashes.get(file, { owner: identity.owner, signal });
  }

  /** Sends the head with the first data, or before if the data have to wait for other transfers. */
  async #sendContent(
    { file, until }: ReadableFile,
    head: Uint8Array,
    signal: AbortSignal,
  ): Promise<void> {
    const { services: { pool }, identity: { owner }, connection: { writer } } = this.#context;
    const { sizeBytes } = file.stamp;
    if (sizeBytes === 0) return await writer.sendBulk(head);
    const early = pool.isFreeFor(owner) ? null : writer.sendBulk(head);
    const options = { writer, signal, ...(early === null && { head }), ...(until && { until }) };
    const layout = protocol1Layout(sizeBytes, bufferBytesFor(this.#context.services));
    const plan = { layout, offset: 0, hashed: false, zstd: false };
    const send = (worker: FileWorker) => sendData(worker, file, plan, options);
    const sent = pool.use(send, { owner, signal });
    await Promise.all([early, sent]);
  }
}
