import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ProtocolError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";

/** Level 1 is faster than most disks and networks; higher levels are slower than both. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** Chunks skipped after one that did not become smaller. */
const SKIPPED_CHUNKS = 8;

/** Compresses the chunks of a file, each on its own, if that makes them smaller. */
export class ChunkCompressor {
  #skipsLeft = 0;

  /** The chunk as one zstd frame; `null` if that is not smaller, or the chunk is skipped. */
  compress(chunk: Uint8Array): Uint8Array | null {
    if (this.#skipsLeft > 0) {
      this.#skipsLeft--;
      return null;
    }
    const compressed = zstdCompressSync(chunk, LEVEL);
    if (compressed.length < chunk.length) return compressed;
    this.#skipsLeft = SKIPPED_CHUNKS;
    return null;
  }
}

/**
 * Inflates the payload of an FZST frame.
 *
 * @throws {ProtocolError} `bad-frame` if it is not zstd, or inflates to more than a data frame has
 */
export function inflateChunk(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(zstdDecompressSync(payload, { maxOutputLength: LIMITS.dataBytes }));
  } catch (cause) {
    throw new ProtocolError(
      "bad-frame",
      `Cannot inflate FZST: it is not one zstd frame of at most ${LIMITS.dataBytes} bytes`,
      { cause },
    );
  }
}
