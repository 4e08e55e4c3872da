import { hash } from "node:crypto";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { SMALL_FILE_BYTES } from "./small_bytes.ts";

/** Small files that were found. */
export interface FoundFiles {
  readonly paths: readonly string[];
  /** By file: its bytes, of which there are at most `SMALL_FILE_BYTES`. */
  readonly sizes: readonly number[];
}

/** Another thing may have come to the path since it was looked at: a pipe is not waited for. Windows has no such flag. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Content on its way into a hash. Shared by all calls of a thread, which do not overlap. */
let scratch: Uint8Array<ArrayBuffer> | null = null;

/**
 * The SHA-256, in hex, of each file; `null` for one that cannot be read, or has another size by now. Synchronous, for
 * use in a worker.
 *
 * No file is looked at again: links are followed, wherever they lead by now. A hash is to be compared with one that is
 * known, and must not be told to a peer.
 */
export function hashFound({ paths, sizes }: FoundFiles): (string | null)[] {
  return paths.map((path, i) => {
    try {
      return hashOne(path, sizes[i] ?? 0);
    } catch {
      return null; // The next read of it fails, and tells why
    }
  });
}

function hashOne(path: string, sizeBytes: number): string | null {
  const buffer = scratch ??= new Uint8Array(SMALL_FILE_BYTES + 1);
  const file = openSync(path, OPEN_FLAGS);
  try {
    let length = 0;
    for (let count = 1; count > 0 && (length < sizeBytes || length === 0);) {
      count = readSync(file, buffer, length, sizeBytes + 1 - length, null); // There is room for more
      length += count;
    }
    return length === sizeBytes ? hash("sha256", buffer.subarray(0, length), "hex") : null;
  } finally {
    closeSync(file);
  }
}
