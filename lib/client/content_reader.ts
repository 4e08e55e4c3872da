import { abortable } from "@std/async/abortable";
import { nextTurn } from "../async/next_turn.ts";

/** Content to upload that is in no file of this machine. */
export type UploadContent = Uint8Array | Blob | ReadableStream<Uint8Array>;

/** The size of a content in bytes; `null` for a stream. */
export function contentBytes(content: UploadContent): number | null {
  if (content instanceof ReadableStream) return null;
  return content instanceof Blob ? content.size : content.byteLength;
}

/**
 * Reads a content in blocks of any size.
 *
 * The bytes are copied: the caller may reuse its array once the upload has settled, and what is hashed is
 * what is sent. A stream is locked from the start, and must be closed with `close`.
 */
export class ContentReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  /** @throws {TypeError} for a stream that has a reader already */
  constructor(content: UploadContent) {
    this.#reader = streamOf(content).getReader();
  }

  /**
   * Fills an array, or as much of it as there is content left.
   *
   * @returns the number of bytes
   * @throws {TypeError} for a stream of anything but `Uint8Array`; what the stream fails with; the
   * reason of the signal
   */
  async fill(area: Uint8Array, signal: AbortSignal): Promise<number> {
    let filled = 0;
    while (filled < area.length) {
      if (this.#rest.length === 0 && !await this.#next(signal)) break;
      const piece = this.#rest.subarray(0, area.length - filled);
      area.set(piece, filled);
      filled += piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
    return filled;
  }

  /** Cancels a stream that has not ended. */
  close(reason: unknown): void {
    this.#reader.cancel(reason).catch(() => {}); // It has failed, which `fill` has told
  }

  async #next(signal: AbortSignal): Promise<boolean> {
    const { value, done } = await abortable(this.#reader.read(), signal);
    if (done) return false;
    if (!(value instanceof Uint8Array)) {
      throw new TypeError("Cannot upload: the stream must consist of Uint8Array");
    }
    // Pieces that are ready at once keep timers waiting: a stream of empty ones would for ever
    if (value.length === 0) await abortable(nextTurn(), signal);
    this.#rest = value;
    return true;
  }
}

function streamOf(content: UploadContent): ReadableStream<Uint8Array> {
  if (content instanceof ReadableStream) return content;
  if (content instanceof Blob) return content.stream();
  return ReadableStream.from([content]);
}
