import { RequestError } from "../protocol/errors.ts";
import { type StoredFile, storedFile } from "./directory_store.ts";
import { digestText } from "./digest_text.ts";
import { asDiskError, DiskError } from "./disk_error.ts";
import type { RealEntry, RealPaths } from "./real_paths.ts";
import { isAtOrBelow } from "./served_folder.ts";

/**
 * Finds a local file that is to be sent.
 *
 * @param within the real path of a folder that it must lie in. Default: any
 * @throws {DiskError} if it is missing or cannot be accessed
 * @throws {RequestError} `not-a-file`; `changed` when a link leads out of that folder
 */
export async function findLocalFile(
  path: string,
  within: string | null = null,
): Promise<StoredFile> {
  try {
    const realPath = await Deno.realPath(path);
    const isConfined = within !== null;
    if (isConfined && !isAtOrBelow(within, realPath)) throw new RequestError("changed");
    const info = await Deno.stat(realPath);
    if (!info.isFile) throw new RequestError("not-a-file");
    return storedFile({ realPath, ...(isConfined && { isConfined }) }, info);
  } catch (error) {
    if (error instanceof RequestError || error instanceof DiskError) throw error;
    throw asDiskError(error, path, "read");
  }
}

/** The file at a real path; `null` if none is there, or it cannot be looked at. No link is followed. */
export async function findStored(realPath: string): Promise<StoredFile | null> {
  const info = await Deno.lstat(realPath).catch(() => null);
  return info?.isFile ? storedFile({ realPath, isConfined: true }, info) : null;
}

/**
 * Looks at a local path of which a worker may read the file, links followed. Synchronous.
 *
 * @param within the real path of a folder that it must lie in, which makes the returned path a real one;
 * `null` for any
 * @param realPaths of the pass that looks at the file
 * @returns `null` when a link leads out of that folder
 * @throws the system's error
 */
export function lookAtLocal(
  path: string,
  within: string | null,
  realPaths: RealPaths,
): RealEntry | null {
  if (within === null) return { realPath: path, info: Deno.statSync(path) };
  const found = realPaths.lookAt(path);
  return isAtOrBelow(within, found.realPath) ? found : null;
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
