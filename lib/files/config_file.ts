import { asDiskError, DiskError } from "./disk_error.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";

/**
 * The state of a file of our own, or `null` where there is none.
 *
 * @throws {DiskError} where that cannot be told, where it is no regular file, or where it is a
 * link that leads nowhere: it was meant to be there
 */
export async function statConfigFile(path: string): Promise<FileStamp | null> {
  try {
    const info = await Deno.stat(path);
    if (info.isFile) return stampOf(info);
  } catch (error) {
    if (!isAbsence(error)) throw asDiskError(error, path, "read");
    if (!await isThere(path)) return null;
    throw asDiskError(error, path, "read");
  }
  const message = `Cannot read ${path}: it is not a regular file`;
  throw new DiskError("io", path, message, { cause: new Error("not a regular file") });
}

/**
 * The content of a file of our own, or its first bytes where it has more than `mostBytes`: so many
 * and one.
 *
 * @throws {DiskError}
 */
export async function readConfigFile(path: string, mostBytes: number): Promise<Uint8Array> {
  try {
    using file = await Deno.open(path);
    const buffer = new Uint8Array(mostBytes + 1);
    let length = 0;
    for (;;) {
      const count = await file.read(buffer.subarray(length));
      if (!count) return buffer.subarray(0, length); // The end, or no room for more
      length += count;
    }
  } catch (error) {
    throw asDiskError(error, path, "read");
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw asDiskError(error, path, "read");
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
