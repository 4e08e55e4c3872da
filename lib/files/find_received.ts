import { createHash } from "node:crypto";
import { candidatePaths } from "./commit_name.ts";
import { asDiskError } from "./disk_error.ts";
import { HASH_BUFFER_BYTES } from "./source_file.ts";

/** A file to receive, which may exist already. */
export interface WantedFile {
  readonly directory: string;
  /** One checked component. */
  readonly name: string;
  readonly sizeBytes: number;
  /** In hex, lower case. */
  readonly sha256: string;
  /** Whether a file under `NAME (1)` and so on counts, too. */
  readonly numbered: boolean;
}

/**
 * The path of an existing file with the wanted size and hash, under its name or a numbered one; or
 * `null`.
 *
 * @throws {DiskError}
 */
export function findReceived(wanted: WantedFile): string | null {
  for (const path of candidatePaths(wanted.directory, wanted.name, wanted.numbered)) {
    try {
      const info = Deno.statSync(path);
      const isWanted = info.isFile && info.size === wanted.sizeBytes &&
        hashFileSync(path, info.size) === wanted.sha256;
      if (isWanted) return path;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw asDiskError(error, path, "read");
    }
  }
  return null;
}

/**
 * The SHA-256, in hex, of a file. Synchronous, for use in a worker.
 *
 * @param sizeBytes approximate size of the file: a small one needs a small buffer only
 */
export function hashFileSync(path: string, sizeBytes = HASH_BUFFER_BYTES): string {
  using file = Deno.openSync(path);
  const hash = createHash("sha256");
  const buffer = new Uint8Array(Math.min(HASH_BUFFER_BYTES, sizeBytes + 1));
  for (;;) {
    const count = file.readSync(buffer);
    if (count === null) return hash.digest("hex");
    hash.update(buffer.subarray(0, count));
    if (count === sizeBytes && count < buffer.length) return hash.digest("hex"); // There was room for more
  }
}
