import { asDiskError } from "./disk_error.ts";
import { hashFileSync } from "./find_received.ts";

/** A file that this machine may have. */
export interface ExpectedFile {
  readonly path: string;
  /** Bytes; `null` for any number. */
  readonly sizeBytes: number | null;
}

/** Errors of a path at which there is nothing. */
const NOTHING = [Deno.errors.NotFound, Deno.errors.NotADirectory];

/**
 * The SHA-256, in hex, of each file, links followed; `"missing"` where there is no file, `"different"`
 * where it has another size, so that it need not be read. Synchronous, for use in a worker.
 *
 * @throws {DiskError} for the first file that cannot be read
 */
export function hashLocal(files: readonly ExpectedFile[]): string[] {
  return files.map(({ path, sizeBytes }) => {
    try {
      const info = Deno.statSync(path);
      if (!info.isFile) return "missing";
      if (sizeBytes !== null && info.size !== sizeBytes) return "different";
      return hashFileSync(path, info.size);
    } catch (error) {
      if (NOTHING.some((type) => error instanceof type)) return "missing";
      throw asDiskError(error, path, "read");
    }
  });
}
