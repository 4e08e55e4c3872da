import { type ByteReader, byteStream } from "../../lib/stream/frames/byte_stream.ts";

/**
 * The reading side of a connection. It returns the given chunks, each in one read unless the reader
 * asks for less, and then ends.
 */
export class ByteSource implements ByteReader {
  /** The size of the buffer of each read. */
  readonly asked: number[] = [];
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #error: Error | null = null;
  #waiting: PromiseWithResolvers<void> | null = null;

  /** Returns the chunks and then, unless `ends` is `false`, the end. */
  static of(chunks: Iterable<Uint8Array>, ends = true): ByteSource {
    const source = new ByteSource();
    for (const chunk of chunks) source.push(chunk);
    if (ends) source.end();
    return source;
  }

  /** The source as the stream for a frame reader. */
  get stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return byteStream(this);
  }

  /** Adds a chunk; an empty chunk is dropped, since no connection returns one. */
  push(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
    this.#waiting?.resolve();
  }

  /** Ends the stream after the pushed chunks. */
  end(): void {
    this.#ended = true;
    this.#waiting?.resolve();
  }

  /** Makes reads fail after the pushed chunks. */
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

/** Cuts bytes at the given positions. */
export function cutAt(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const bounds = [0, ...[...positions].sort((a, b) => a - b), bytes.length];
  return bounds.slice(1).map((end, i) => bytes.subarray(bounds[i], end));
}
