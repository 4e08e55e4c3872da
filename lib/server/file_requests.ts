import type { StoredFile } from "../files/directory_store.ts";
import { describeFailure, RequestError } from "../protocol/errors.ts";
import { encodeFileMetadata } from "../protocol/file_metadata.ts";
import { concatBytes, encodeFrame } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import { checkPath, lastComponent } from "../protocol/path.ts";
import { cleanLine } from "../protocol/text.ts";
import type { FrameWriter } from "../stream/frame_writer.ts";
import { sendData } from "../transfer/send_data.ts";
import { NOTICES } from "./notices.ts";
import type { ServerServices } from "./services.ts";

/** How much of a name that was refused is logged. */
const LOGGED_NAME_CHARACTERS = 200;

/** A file that was looked up ahead must have been in that state this shortly before. */
const FRESH_LOOKUP_MS = 200;

/** A FILE frame that waits for its turn. */
interface FileRequest {
  readonly name: string;
  /** Begun while the request before it is answered, so that small files follow closely. */
  lookup: Lookup | null;
}

interface Lookup {
  readonly atMs: number;
  readonly found: Promise<{ readonly path: string; readonly file: StoredFile }>;
}

/** Who asks, and where the answers go. */
export interface Requester {
  readonly id: number;
  readonly writer: FrameWriter;
  /** Fires when the client is gone. */
  readonly signal: AbortSignal;
}

/**
 * The FILE requests of one protocol 1 client, answered one after the other in their order.
 *
 * All frames of an answer go through the bulk lane, so that they keep their order.
 */
export class FileRequests {
  readonly #services: ServerServices;
  readonly #requester: () => Requester;
  #queue: FileRequest[] = [];
  #running = false;
  #refusing = false;
  #room: PromiseWithResolvers<void> | null = null;
  #drained: PromiseWithResolvers<void> | null = null;

  /** @param requester called when the first request comes: most clients never ask */
  constructor(services: ServerServices, requester: () => Requester) {
    this.#services = services;
    this.#requester = requester;
  }

  /** Queues the payload of a FILE frame. Resolves when another one may come. */
  add(payload: Uint8Array): Promise<void> {
    this.#queue.push({ name: new TextDecoder().decode(payload).trim(), lookup: null });
    if (!this.#running) this.#run();
    if (this.#queue.length < LIMITS.unansweredRequests) return Promise.resolve();
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** From now on every request that has not begun is refused: the server stops. */
  refuse(): void {
    this.#refusing = true;
  }

  /** Resolves when all answers are sent. */
  drained(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    this.#drained ??= Promise.withResolvers<void>();
    return this.#drained.promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    const requester = this.#requester();
    for (let request = this.#queue.shift(); request; request = this.#queue.shift()) {
      this.#room?.resolve();
      this.#room = null;
      if (requester.signal.aborted) continue;
      const answered = this.#answer(request, requester);
      const [next] = this.#queue;
      if (next !== undefined) next.lookup = this.#lookUp(next.name);
      await answered;
    }
    this.#running = false;
    this.#drained?.resolve();
    this.#drained = null;
  }

  async #answer(request: FileRequest, requester: Requester): Promise<void> {
    try {
      await this.#send(request, requester);
    } catch (error) {
      if (requester.signal.aborted) return;
      await this.#fail(request.name, error, requester);
    }
  }

  #lookUp(name: string): Lookup {
    const find = async () => {
      const path = checkPath(name);
      return { path, file: await this.#services.store.find(path) };
    };
    const found = find();
    found.catch(() => {}); // Told to the client when its turn comes
    return { atMs: performance.now(), found };
  }

  async #send({ name, lookup }: FileRequest, requester: Requester): Promise<void> {
    const { settings, stats } = this.#services;
    if (this.#refusing) throw new RequestError("shutting-down");
    if (!settings.files) throw new RequestError("unsupported");
    const startedMs = performance.now();
    const isFresh = lookup !== null && startedMs - lookup.atMs < FRESH_LOOKUP_MS;
    const { path, file } = await (isFresh ? lookup : this.#lookUp(name)).found;
    const bytes = file.identity.sizeBytes;
    const metadata = encodeFileMetadata({ name: lastComponent(path), sizeBytes: bytes });
    const head = [encodeFrame("FROK"), encodeFrame("FMTA", metadata)];
    head.push(encodeFrame("FHSH", Uint8Array.fromHex(await this.#hash(file, head, requester))));
    await this.#sendContent(file, concatBytes(head), requester);
    stats.downloads++;
    stats.downloadBytes += bytes;
    const seconds = (performance.now() - startedMs) / 1000;
    settings.onEvent({ event: "download", client: requester.id, path, bytes, seconds });
  }

  /**
   * The hash. Where it is not known yet, the frames in `head` leave first: a client may give up
   * after some seconds in which it hears nothing. A file with a known hash was read in this very
   * state, so only the others need a look whether they can be.
   */
  async #hash(file: StoredFile, head: Uint8Array[], requester: Requester): Promise<string> {
    const { hashes, store } = this.#services;
    const known = hashes.known(file);
    if (known !== null) return known;
    await store.checkReadable(file);
    await requester.writer.sendBulk(concatBytes(head.splice(0)));
    return await untilAborted(hashes.get(file), requester.signal);
  }

  /** The head goes with the first data, but does not wait with them for a worker. */
  async #sendContent(
    file: StoredFile,
    head: Uint8Array,
    { writer, signal }: Requester,
  ): Promise<void> {
    const { pool } = this.#services;
    if (file.identity.sizeBytes === 0) return await writer.sendBulk(head);
    const early = pool.hasRoom ? null : writer.sendBulk(head);
    const options = { writer, signal, ...(early === null && { head }) };
    const sent = pool.use((worker) => sendData(worker, file, options), signal);
    await Promise.all([early, sent]);
  }

  async #fail(name: string, error: unknown, { id, writer }: Requester): Promise<void> {
    const { settings, stats } = this.#services;
    const code = error instanceof RequestError ? error.code : "internal";
    const path = cleanLine(name).slice(0, LOGGED_NAME_CHARACTERS);
    stats.refusals++;
    settings.onEvent({ event: "refused", client: id, code, path });
    if (code === "internal") {
      const reason = error instanceof Error ? error.message : String(error);
      const message = NOTICES[settings.language].notSent(path, reason);
      settings.onEvent({ event: "error", message });
    }
    // Should the connection fail meanwhile, its owner learns it from the writer
    await writer.sendBulk(encodeFrame("FERR", describeFailure(code, settings.language)))
      .catch(() => {});
  }
}

/** The result of `work`, which goes on by itself when the wait for it is aborted. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
