import type { DownloadRequest } from "../../protocol/requests.ts";
import { concatBytes } from "../../protocol/frames.ts";
import type { FrameWriter } from "../../stream/frames/frame_writer.ts";
import type { SmallFile } from "../../worker/small_file.ts";
import type { ServerServices } from "../context/services.ts";

/** The most requests that are answered together: all that they hold is small. */
const MOST_AT_ONCE = 32;

/** A request for a file that may be small. */
export interface SmallRequest {
  readonly request: DownloadRequest;
  /** Fires when it is cancelled, or the client is gone. */
  readonly signal: AbortSignal;
}

/** How the answers are made. */
export interface SmallAnswers<T extends SmallRequest> {
  /**
   * All frames that answer a request whose file was read; the request is not under way any more.
   *
   * @param readMs when reading it began, milliseconds since 1970
   */
  content(asked: T, file: SmallFile, readMs: number): readonly Uint8Array[];
  /** The file is handed to the system. @param startedMs a reading of `performance.now()` */
  sent(asked: T, file: SmallFile, startedMs: number): void;
}

/**
 * Answers requests for small files, several with one message to a worker and one write.
 *
 * How many depends on how many small ones came before: nobody knows ahead that a file is small.
 */
export class SmallDownloads<T extends SmallRequest> {
  readonly #services: ServerServices;
  readonly #writer: FrameWriter;
  readonly #answers: SmallAnswers<T>;
  #most = 1;

  /** Writes to the bulk lane of `writer`. */
  constructor(services: ServerServices, writer: FrameWriter, answers: SmallAnswers<T>) {
    this.#services = services;
    this.#writer = writer;
    this.#answers = answers;
  }

  /** How many requests may be given to `answer`. */
  get most(): number {
    return this.#most;
  }

  /**
   * Answers the first ones, as far as they can be answered just like that.
   *
   * @returns how many; the next one has to be answered in another way. Never rejects
   */
  async answer(asked: readonly T[]): Promise<number> {
    // Where there is no worker to be had, the other way tells
    const count = await this.#answer(asked).catch(() => 0);
    this.#most = count === asked.length ? Math.min(MOST_AT_ONCE, 2 * this.#most) : 1;
    return count;
  }

  async #answer(asked: readonly T[]): Promise<number> {
    const { pool, store: { root } } = this.#services;
    return await pool.use(async (worker) => {
      const started = { ms: performance.now(), readMs: Date.now() };
      const files = await Promise.all(
        asked.map(({ request }) => worker.call("fetchSmall", [root, request.path])),
      );
      return await this.#send(asked, files, started);
    }, asked[0]?.signal);
  }

  async #send(
    asked: readonly T[],
    files: readonly (SmallFile | null)[],
    { ms: startedMs, readMs }: { readonly ms: number; readonly readMs: number },
  ): Promise<number> {
    const sending: Promise<void>[] = []; // The writer joins what is small
    const answered: [T, SmallFile][] = [];
    for (const [i, one] of asked.entries()) {
      const file = files[i] ?? null;
      if (file === null || one.signal.aborted) break;
      const frames = this.#answers.content(one, file, readMs);
      sending.push(this.#writer.sendBulk(concatBytes(frames)));
      answered.push([one, file]);
    }
    // Should the connection fail meanwhile, its owner learns it from the writer
    const isSent = await Promise.all(sending).then(() => true, () => false);
    if (!isSent) return answered.length;
    for (const [one, file] of answered) this.#answers.sent(one, file, startedMs);
    return answered.length;
  }
}
