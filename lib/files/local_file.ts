import { createHash } from "node:crypto";
import { RequestError } from "../protocol/errors.ts";
import type { StoredFile } from "./directory_store.ts";
import { asDiskError, DiskError } from "./disk_error.ts";
import { stampOf } from "./file_stamp.ts";

/**
 * Looks at a file of this machine that is to be sent.
 *
 * @throws {DiskError} when it is not there or cannot be looked at
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
 * A word for this very file, in this state, on this machine, that does not give away where it is.
 * Nobody can guess it who does not see the file.
 */
export function resumeKey({ realPath, stamp }: StoredFile): string {
  const { sizeBytes, modifiedMs, inode } = stamp;
  const name = JSON.stringify([realPath, sizeBytes, modifiedMs, inode]);
  return createHash("sha256").update(name).digest("hex");
}
