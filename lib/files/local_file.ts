import { RequestError } from "../protocol/errors.ts";
import type { StoredFile } from "./directory_store.ts";
import { digestText } from "./digest_text.ts";
import { asDiskError, DiskError } from "./disk_error.ts";
import { stampOf } from "./file_stamp.ts";

/**
 * Finds a local file that is to be sent.
 *
 * @throws {DiskError} if it is missing or cannot be accessed
 * @throws {RequestError} `not-a-file`
 */
export async function findLocalFile(path: string): Promise<StoredFile> {
  try {
    const realPath = await Deno.realPath(path);
    const info = await Deno.stat(realPath);
    if (!info.isFile) throw new RequestError("not-a-file");
    return { realPath, stamp: stampOf(info) };
  } catch (error) {
    if (error instanceof RequestError || error instanceof DiskError) throw error;
    throw asDiskError(error, path, "read");
  }
}

/**
 * Identifies a local file in its current state, so that an interrupted upload of it can be resumed.
 * The key does not reveal the path, and cannot be guessed without access to the file.
 */
export function resumeKey({ realPath, stamp }: StoredFile): string {
  const { sizeBytes, modifiedMs, inode } = stamp;
  const name = JSON.stringify([realPath, sizeBytes, modifiedMs, inode]);
  return digestText(name);
}
