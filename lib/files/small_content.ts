import { isJustWritten, type StoredFile } from "./directory_store.ts";
import { stampOf } from "./file_stamp.ts";
import type { PathResolver } from "./path_resolver.ts";
import type { ServedFolder } from "./served_folder.ts";
import { HashedSource, SourceFile } from "./source_file.ts";

/** A file up to this size is read, sent and written in one piece. */
export const SMALL_FILE_BYTES = 64 * 1024;

/** A small file that is open for reading. The owner closes `source`. */
export interface SmallSource {
  readonly file: StoredFile;
  readonly source: HashedSource;
}

/**
 * Opens a small file of a served folder. Synchronous, for use in a worker.
 *
 * @param path as returned by `checkPath`
 * @returns `null` if the file is not small, was just written, or may not or cannot be opened: the
 * regular lookup then reports the reason
 */
export function openSmall(
  resolver: PathResolver,
  folder: ServedFolder,
  path: string,
): SmallSource | null {
  try {
    const { realPath, info } = resolver.resolve(folder, path);
    return info === null ? null : openFound(realPath, info);
  } catch {
    return null; // See above
  }
}

/**
 * Opens a local file, if it is small.
 *
 * @returns `null` as {@link openSmall}
 */
export function openSmallLocal(path: string): SmallSource | null {
  try {
    // The whole content is read from one open file: it does not matter which path leads to it
    return openFound(path, Deno.statSync(path));
  } catch {
    return null; // See above
  }
}

/** Never opens a device, FIFO or socket. */
function openFound(realPath: string, info: Deno.FileInfo): SmallSource | null {
  const stamp = stampOf(info);
  if (!info.isFile || info.size > SMALL_FILE_BYTES || isJustWritten(stamp)) return null;
  const file = { realPath, stamp };
  return { file, source: new HashedSource(new SourceFile(file)) };
}
