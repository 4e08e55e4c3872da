import type { ByteReader } from "../../lib/stream/frames/byte_stream.ts";
import { byteStream } from "../../lib/stream/frames/byte_stream.ts";

/**
 * A connection's reading side that gives out the chunks it was told to, each by one read unless
 * the reader asks for less, and then ends.
 */
export class ByteSource implements ByteReader {
  /** How many bytes each read asked for. */
  readonly asked: number[] = [];
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #error: Error | null = null;
  #waiting: PromiseWithResolvers<void> | null = null;

  /** Gives out the chunks and then, unless `ends` is `false`, the end. */
  static of(chunks: Iterable<Uint8Array>, ends = true): ByteSource {
    const source = new ByteSource();
    for (const chunk of chunks) source.push(chunk);
    if (ends) source.end();
    return source;
  }

  /** The source as the stream that a frame reader takes. */
  get stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return byteStream(this);
  }

  /** Adds a chunk; an empty one is left out, since no connection reads one. */
  push(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
    this.#waiting?.resolve();
  }

  /** Ends the stream behind what was pushed. */
  end(): void {
    this.#ended = true;
    this.#waiting?.resolve();
  }

  /** Makes reads behind what was pushed fail. */
  fail(error: Error): void {
    this.#error = error;
    this.#waiting?.resolve();
  }

  async read(into: Uint8Array): Promise<number | null> {
    this.asked.push(into.length);
    while (this.#chunks.length === 0) {
      if (this.#error !== null) throw this.#error;
      if (this.#ended) return null;
      this.#waiting = Promise.withResolvers();
      await this.#waiting.promise;
    }
    const chunk = this.#chunks.shift()!;
    into.set(chunk.subarray(0, into.length));
    if (chunk.length > into.length) this.#chunks.unshift(chunk.subarray(into.length));
    return Math.min(chunk.length, into.length);
  }
}

/** Cuts bytes at the given places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const borders = [0, ...[...places].sort((a, b) => a - b), bytes.length];
  return borders.slice(1).map((end, i) => bytes.subarray(borders[i], end));
}
