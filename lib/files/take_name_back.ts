import { dirname, join } from "./path.ts";
import { randomUUID } from "node:crypto";
import { asRequestError } from "./disk_error.ts";
import { type FileStamp, isSameStamp, stampOf } from "./file_stamp.ts";
import { syncFolder } from "./folders.ts";
import { UNKEYED_SUFFIX } from "./upload_parts.ts";
import { makeWorkFolder } from "./work_folder.ts";

/**
 * Makes a part again of a file that has its name in the served folder already, as if its upload had died before:
 * `placePart` gives the name back. Synchronous, for use in a worker.
 *
 * @param stamp the state in which it was stored
 * @returns the folder in whose private folder the part is; `null` if another file has the name by now, or none
 * @throws {RequestError}
 */
export function takeNameBack(realPath: string, stamp: FileStamp): string | null {
  const base = dirname(realPath);
  try {
    if (!isSameStamp(stampOf(Deno.lstatSync(realPath)), stamp)) return null;
    const folder = makeWorkFolder(base);
    Deno.renameSync(realPath, join(folder, randomUUID() + UNKEYED_SUFFIX));
    syncFolder(folder); // Before the old name is gone for good
    syncFolder(base);
    return base;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw asRequestError(error);
  }
}
