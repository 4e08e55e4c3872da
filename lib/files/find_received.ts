import { createHash, hash } from "node:crypto";
import { candidatePaths } from "./commit_name.ts";
import { asDiskError } from "./disk_error.ts";
import { SMALL_FILE_BYTES } from "./small_bytes.ts";
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

/** Content of small files on its way into a hash. Shared by all calls of a thread, which do not overlap. */
let scratch: Uint8Array<ArrayBuffer> | null = null;

/**
 * The SHA-256, in hex, of a file. Synchronous, for use in a worker.
 *
 * @param sizeBytes approximate size of the file: a small one needs a small buffer only
 */
export function hashFileSync(path: string, sizeBytes = HASH_BUFFER_BYTES): string {
  using file = Deno.openSync(path);
  if (sizeBytes > SMALL_FILE_BYTES) return hashRest(file, []);
  const buffer = scratch ??= new Uint8Array(SMALL_FILE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = file.readSync(buffer.subarray(length));
    length += count ?? 0;
    // There was room for more
    const isWhole = count === null || (length === sizeBytes && length < buffer.length);
    if (isWhole) return hash("sha256", buffer.subarray(0, length), "hex");
  }
  return hashRest(file, [buffer]);
}

/** The SHA-256 of what was read of a file, and of all that is left of it. */
function hashRest(file: Deno.FsFile, read: readonly Uint8Array[]): string {
  const whole = createHash("sha256");
  for (const bytes of read) whole.update(bytes);
  const buffer = new Uint8Array(HASH_BUFFER_BYTES);
  for (let count = file.readSync(buffer); count !== null; count = file.readSync(buffer)) {
    whole.update(buffer.subarray(0, count));
  }
  return whole.digest("hex");
}
