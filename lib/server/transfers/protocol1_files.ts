import { abortable } from "@std/async/abortable";
import type { StoredFile } from "../../files/directory_store.ts";
import { protocol1Layout } from "../../protocol/data_frames.ts";
import { RequestError } from "../../protocol/errors.ts";
import { encodeFileMetadata } from "../../protocol/file_metadata.ts";
import { concatBytes, encodeFrame } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { checkPath, lastComponent } from "../../protocol/path.ts";
import type { FrameWriter } from "../../stream/frames/frame_writer.ts";
import { sendData } from "../../transfer/send_data.ts";
import type { ClientIdentity } from "../context/client_identity.ts";
import { LookupPrefetch } from "./lookup_prefetch.ts";
import { reportFailure } from "../context/failure_reply.ts";
import { RequestQueue } from "./request_queue.ts";
import type { ServerServices } from "../context/services.ts";

/** Who asks, and where the answers go. */
interface Requester {
  readonly identity: ClientIdentity;
  readonly writer: FrameWriter;
  /** Fires when the client is gone. */
  readonly signal: AbortSignal;
}

/**
 * The FILE requests of one protocol 1 client, answered one after the other in their order.
 *
 * All frames of an answer go through the bulk lane, so that they keep their order.
 */
export class Protocol1Files {
  readonly #services: ServerServices;
  readonly #requester: () => Requester;
  readonly #queue = new RequestQueue();
  #refusing = false;

  /** @param requester called when the first request comes: most clients never ask */
  constructor(services: ServerServices, requester: () => Requester) {
    this.#services = services;
    this.#requester = requester;
  }

  /** Queues the payload of a FILE frame. Resolves when another one may come. */
  add(payload: Uint8Array): Promise<void> {
    const name = new TextDecoder().decode(payload).trim();
    const lookup = new LookupPrefetch(this.#services.store, () => {
      const path = checkPath(name);
      this.#requester().identity.checkRead(path);
      return path;
    });
    this.#queue.add({
      prepare: () => lookup.start(),
      answer: () => this.#answer(name, lookup, this.#requester()),
    });
    return this.#queue.room(LIMITS.unansweredRequests);
  }

  /** From now on every request that has not begun is refused: the server stops. */
  refuse(): void {
    this.#refusing = true;
  }

  /** Resolves when all answers are sent. */
  drained(): Promise<void> {
    return this.#queue.drained();
  }

  async #answer(name: string, lookup: LookupPrefetch, requester: Requester): Promise<void> {
    if (requester.signal.aborted) return;
    const { stats } = this.#services;
    stats.transfers++;
    try {
      await this.#send(name, lookup, requester);
    } catch (error) {
      if (requester.signal.aborted) return;
      const { message } = reportFailure(this.#services, requester.identity, error, name);
      // Should the connection fail meanwhile, its owner learns it from the writer
      await requester.writer.sendBulk(encodeFrame("FERR", message)).catch(() => {});
    } finally {
      stats.transfers--;
    }
  }

  async #send(name: string, lookup: LookupPrefetch, requester: Requester): Promise<void> {
    const { settings, stats } = this.#services;
    if (this.#refusing) throw new RequestError("shutting-down");
    if (!settings.files) throw new RequestError("unsupported");
    const startedMs = performance.now();
    const file = await lookup.result();
    const path = checkPath(name);
    const bytes = file.stamp.sizeBytes;
    const metadata = encodeFileMetadata({ name: lastComponent(path), sizeBytes: bytes });
    const head = [encodeFrame("FROK"), encodeFrame("FMTA", metadata)];
    head.push(encodeFrame("FHSH", Uint8Array.fromHex(await this.#hash(file, head, requester))));
    await this.#sendContent(file, concatBytes(head), requester);
    stats.downloads++;
    stats.downloadBytes += bytes;
    const seconds = (performance.now() - startedMs) / 1000;
    settings.onEvent({ event: "download", ...requester.identity.label, path, bytes, seconds });
  }

  /**
   * The hash. Where it is not known yet, the frames in `head` leave first: a client may give up
   * after some seconds in which it hears nothing. A file with a known hash was read in this very
   * state, so only the others need a look whether they can be.
   */
  async #hash(file: StoredFile, head: Uint8Array[], requester: Requester): Promise<string> {
    const { hashes, store } = this.#services;
    const known = hashes.known(file);
    if (known !== null && file.stamp.sizeBytes > 0) return known;
    await store.checkReadable(file);
    if (known !== null) return known;
    await requester.writer.sendBulk(concatBytes(head.splice(0)));
    return await abortable(hashes.get(file), requester.signal);
  }

  /** The head goes with the first data, but does not wait with them for a worker. */
  async #sendContent(
    file: StoredFile,
    head: Uint8Array,
    { writer, signal }: Requester,
  ): Promise<void> {
    const { pool } = this.#services;
    const { sizeBytes } = file.stamp;
    if (sizeBytes === 0) return await writer.sendBulk(head);
    const early = pool.hasRoom ? null : writer.sendBulk(head);
    const options = { writer, signal, ...(early === null && { head }) };
    const plan = { layout: protocol1Layout(sizeBytes), offset: 0, hashed: false, zstd: false };
    const sent = pool.use((worker) => sendData(worker, file, plan, options), signal);
    await Promise.all([early, sent]);
  }
}
