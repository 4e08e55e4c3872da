import { isJustWritten, type StoredFile, storedFile } from "./directory_store.ts";
import { lookAtLocal } from "./local_file.ts";
import type { PathResolver } from "./path_resolver.ts";
import { RealPaths } from "./real_paths.ts";
import type { ServedFolder } from "./served_folder.ts";
import { SMALL_FILE_BYTES } from "./small_bytes.ts";
import { HashedSource, SourceFile } from "./source_file.ts";

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
    return info === null ? null : openFound({ realPath }, info);
  } catch {
    return null; // See above
  }
}

/**
 * Opens a local file, if it is small.
 *
 * @param within the real path of a folder that it must lie in. Default: any
 * @returns `null` as {@link openSmall}
 */
export function openSmallLocal(
  path: string,
  within: string | null = null,
): SmallSource | null {
  try {
    // The whole content is read from one open file: it does not matter which path leads to it
    const found = lookAtLocal(path, within, new RealPaths());
    if (found === null) return null;
    const { realPath, info } = found;
    return openFound({ realPath, ...(within !== null && { isConfined: true }) }, info);
  } catch {
    return null; // See above
  }
}

/** Opens a file that was found, which the caller knows to be small; `null` if it cannot be, or has changed. */
export function openStored(file: StoredFile): SmallSource | null {
  try {
    return { file, source: new HashedSource(new SourceFile(file)) };
  } catch {
    return null; // See above
  }
}

/** Never opens a device, FIFO or socket. */
function openFound(
  found: Omit<StoredFile, "stamp">,
  info: Deno.FileInfo,
): SmallSource | null {
  const file = storedFile(found, info);
  if (!info.isFile || info.size > SMALL_FILE_BYTES || isJustWritten(file.stamp)) return null;
  return { file, source: new HashedSource(new SourceFile(file)) };
}
