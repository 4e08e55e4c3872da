import { asDiskError, DiskError } from "./disk_error.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";

/**
 * The stamp of a configuration file, or `null` if it does not exist.
 *
 * @throws {DiskError} if it cannot be read or is not a regular file; also for a dangling link,
 * whose file was meant to exist
 */
export async function statConfigFile(path: string): Promise<FileStamp | null> {
  try {
    const info = await Deno.stat(path);
    if (info.isFile) return stampOf(info);
  } catch (error) {
    if (!isNotFound(error)) throw asDiskError(error, path, "read");
    if (!await hasEntry(path)) return null;
    throw asDiskError(error, path, "read");
  }
  const message = `Cannot read ${path}: it is not a regular file`;
  throw new DiskError("io", path, message, { cause: new Error("not a regular file") });
}

/**
 * The content of a configuration file, cut to `maxBytes` + 1 bytes: the extra byte shows that the
 * file is too large.
 *
 * @throws {DiskError}
 */
export async function readConfigFile(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    using file = await Deno.open(path);
    const buffer = new Uint8Array(maxBytes + 1);
    let length = 0;
    for (;;) {
      const count = await file.read(buffer.subarray(length));
      if (!count) return buffer.subarray(0, length); // End of file, or the buffer is full
      length += count;
    }
  } catch (error) {
    throw asDiskError(error, path, "read");
  }
}

async function hasEntry(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw asDiskError(error, path, "read");
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
