import { nextTurn } from "../async/next_turn.ts";
import type { FileTarget } from "../files/part_file.ts";
import { SMALL_FILE_BYTES } from "../files/small_bytes.ts";
import type { WantedContent } from "../transfer/contents.ts";
import { FileSink } from "../transfer/file_sink.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { LendWorker } from "../worker/lent_worker.ts";
import type { ContentTarget } from "./content_connection.ts";

/** What a part uses of its fetch. */
export interface ContentPartOptions {
  readonly worker: FileWorker;
  readonly target: FileTarget;
  readonly lendHasher: LendWorker;
  /** Called when more bytes can be read. */
  readonly onWritten: () => void;
}

/** The bytes that are written, and their buffer's way back. */
interface Written {
  readonly bytes: number;
  readonly recycle: (buffer: ArrayBuffer) => void;
}

/** A content that is written while it arrives, from one server after the other. The owner ends it. */
export class ContentPart implements ContentTarget {
  readonly #content: WantedContent;
  readonly #sink: FileSink;
  readonly #pending: Written[] = [];
  readonly #failure = Promise.withResolvers<never>();
  readonly #onWritten: () => void;
  #hasFailed = false;
  #keptBytes = 0;
  #receivedBytes = 0;
  #writtenBytes = 0;

  /** Opens nothing yet. */
  constructor(content: WantedContent, options: ContentPartOptions) {
    this.#content = content;
    this.#onWritten = options.onWritten;
    this.#failure.promise.catch(() => {}); // Handled by the caller of `failed`
    this.#sink = new FileSink(options.worker, options.target, {
      onWritten: (buffer) => this.#written(buffer),
      onError: (error) => {
        this.#hasFailed = true;
        this.#failure.reject(error);
      },
    }, options);
  }

  /** Rejects when the part cannot be written. */
  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  /** Bytes that were there already. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get endBytes(): number {
    return this.#content.sizeBytes;
  }

  /** Bytes that can be read. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Opens the part that an earlier fetch has left, if there is one, and hashes it. */
  async begin(): Promise<void> {
    const offset = await Promise.race([this.#sink.openPart(), this.failed]) ?? 0;
    this.#keptBytes = this.#receivedBytes = this.#writtenBytes = offset;
    this.#sink.begin({
      sizeBytes: this.#content.sizeBytes,
      offset,
      modifiedMs: null,
      version: null,
    });
    this.#onWritten();
  }

  async write(
    bytes: Uint8Array<ArrayBuffer>,
    recycle: (buffer: ArrayBuffer) => void,
  ): Promise<void> {
    this.#receivedBytes += bytes.length;
    this.#pending.push({ bytes: bytes.length, recycle });
    await this.#sink.write(bytes);
  }

  /**
   * Verifies the content, and gives it its name.
   *
   * @returns whether it is right; if not, nothing of it is kept
   * @throws {DiskError}
   */
  async finish(): Promise<boolean> {
    const result = await this.#sink.finish(this.#content.sha256);
    if (result === null) return await this.failed;
    return result !== "wrong";
  }

  /** Ends the part, which stays to be gone on with. Never rejects. */
  async end(): Promise<void> {
    await this.#sink.end(false);
  }

  #written(buffer: ArrayBuffer): void {
    const written = this.#pending.shift();
    written?.recycle(buffer);
    // A small one is in memory until it is whole
    if (this.#content.sizeBytes <= SMALL_FILE_BYTES) return;
    this.#count(written?.bytes ?? 0);
  }

  /** A write behind one that fails has no effect, and does not fail: the failure is known a turn later. */
  async #count(bytes: number): Promise<void> {
    await nextTurn();
    if (this.#hasFailed) return;
    this.#writtenBytes += bytes;
    this.#onWritten();
  }
}
