import { join } from "@std/path";
import { isInside, isJustWritten, type StoredFile } from "./directory_store.ts";
import { stampOf } from "./file_stamp.ts";
import { HashedSource, SourceFile } from "./source_file.ts";

/** Up to this size a file is read, sent and written as one piece. */
export const SMALL_FILE_BYTES = 64 * 1024;

/** A whole small file that is open to be read, and must be closed. */
export interface SmallSource {
  readonly file: StoredFile;
  readonly source: HashedSource;
}

/**
 * Finds a file of a served folder and opens it, with synchronous calls, for use in a worker.
 *
 * @param root the real path of the folder
 * @param path as the path rules want it
 * @returns `null` where the file is not small, or cannot be had just like that
 */
export function openSmall(root: string, path: string): SmallSource | null {
  try {
    const realPath = Deno.realPathSync(join(root, path));
    return isInside(root, realPath) ? openFound(realPath) : null;
  } catch {
    return null; // Why it cannot be had, the usual way tells
  }
}

/**
 * Finds a file of this machine and opens it, if it is small.
 *
 * @returns `null` as `openSmall` does
 */
export function openSmallLocal(path: string): SmallSource | null {
  try {
    return openFound(Deno.realPathSync(path));
  } catch {
    return null; // As above
  }
}

/** No device, FIFO or socket is opened. */
function openFound(realPath: string): SmallSource | null {
  const info = Deno.lstatSync(realPath);
  const stamp = stampOf(info);
  if (!info.isFile || info.size > SMALL_FILE_BYTES || isJustWritten(stamp)) return null;
  const file = { realPath, stamp };
  return { file, source: new HashedSource(new SourceFile(file)) };
}
