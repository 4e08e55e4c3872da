import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ProtocolError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";

/** Faster than the disk and the network of most; higher levels are slower than both. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** After a chunk that did not become smaller, so many are not tried. */
const CHUNKS_UNTRIED = 8;

/** Compresses chunks of one file, each on its own, and only where that wins. */
export class ChunkCompressor {
  #untried = 0;

  /** The chunk as one zstd frame, or `null` when that would not be smaller. */
  compress(chunk: Uint8Array): Uint8Array | null {
    if (this.#untried > 0) {
      this.#untried--;
      return null;
    }
    const compressed = zstdCompressSync(chunk, LEVEL);
    if (compressed.length < chunk.length) return compressed;
    this.#untried = CHUNKS_UNTRIED;
    return null;
  }
}

/**
 * Inflates the payload of an FZST frame.
 *
 * @throws {ProtocolError} `bad-frame` when it is not zstd, or holds more than a data frame may
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
