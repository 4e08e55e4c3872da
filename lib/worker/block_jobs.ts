import { createHash, type Hash } from "node:crypto";
import { dataArea, type DataLayout, frameData } from "../protocol/data_frames.ts";
import type { FilledBuffer } from "./jobs.ts";
import { inflateChunk } from "./zstd.ts";

/**
 * The jobs of a worker for content that is not in a file: its blocks come from the caller, and go back
 * to it, hashed. Several contents may be under way, each with a handle.
 */
export class BlockJobs {
  /** By handle: see `FileWorker.newHandle`. */
  readonly #hashes = new Map<number, Hash>();

  /** Hashes the next block, and returns it. */
  hashBlock(handle: number, block: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    this.#hashOf(handle).update(block);
    return block;
  }

  /** Inflates the payload of an FZST frame, and hashes and returns what it inflates to. */
  hashZstd(handle: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.hashBlock(handle, inflateChunk(payload));
  }

  /** Hashes the first `dataBytes` bytes of the data area of a buffer, and frames them. */
  frameBlock(
    handle: number,
    buffer: ArrayBuffer,
    layout: DataLayout,
    dataBytes: number,
  ): FilledBuffer {
    this.#hashOf(handle).update(dataArea(buffer, layout).subarray(0, dataBytes));
    return { buffer, frameBytes: frameData(buffer, layout, dataBytes), sha256: null };
  }

  /** Ends a content. @returns the SHA-256 of all its blocks, in hex */
  endBlocks(handle: number): string {
    const hash = this.#hashOf(handle);
    this.#hashes.delete(handle);
    return hash.digest("hex");
  }

  #hashOf(handle: number): Hash {
    const hash = this.#hashes.get(handle) ?? createHash("sha256");
    this.#hashes.set(handle, hash);
    return hash;
  }
}
