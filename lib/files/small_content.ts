import { isJustWritten, type StoredFile } from "./directory_store.ts";
import { stampOf } from "./file_stamp.ts";
import { checkRootSync } from "./served_root.ts";
import { foldersBetween, isInside, isOwn, pathInRoot, type ServedFolder } from "./served_folder.ts";
import { HashedSource, SourceFile } from "./source_file.ts";

/** A file up to this size is read, sent and written in one piece. */
export const SMALL_FILE_BYTES = 64 * 1024;

/** In deeper folders, the regular lookup does not look at every folder for every file. */
const MAX_FOLDERS = 16;

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
export function openSmall(folder: ServedFolder, path: string): SmallSource | null {
  try {
    checkRootSync(folder.servedRoot);
    const realPath = Deno.realPathSync(pathInRoot(folder.root, path));
    return isInside(folder, realPath) ? openFound(realPath, folder) : null;
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
    return openFound(Deno.realPathSync(path));
  } catch {
    return null; // See above
  }
}

/** Never opens a device, FIFO or socket, nor a file of the programs' own. */
function openFound(realPath: string, folder: ServedFolder | null = null): SmallSource | null {
  const info = Deno.lstatSync(realPath);
  const stamp = stampOf(info);
  if (!info.isFile || info.size > SMALL_FILE_BYTES || isJustWritten(stamp)) return null;
  if (folder !== null && !mayServe(folder, realPath, info)) return null;
  const file = { realPath, stamp };
  return { file, source: new HashedSource(new SourceFile(file)) };
}

function mayServe(folder: ServedFolder, realPath: string, info: Deno.FileInfo): boolean {
  if (isOwn(folder, info)) return false;
  const folders = foldersBetween(folder.root, realPath);
  return folders.length <= MAX_FOLDERS &&
    !folders.some((path) => isOwn(folder, Deno.lstatSync(path)));
}
