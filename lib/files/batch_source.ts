import { dirname } from "./path.ts";
import { isJustWritten } from "./directory_store.ts";
import { type FileStamp, isExecutable, isSameStamp, stampOf } from "./file_stamp.ts";
import { lookAtLocal } from "./local_file.ts";
import type { PathResolver } from "./path_resolver.ts";
import type { RealPaths } from "./real_paths.ts";
import { pathBelow, type ServedFolder } from "./served_folder.ts";

/**
 * Reads a whole served file, if it is small, to the front of a buffer. Synchronous, for use in a worker.
 *
 * A link leads to a path with rights of its own: its file is not read.
 *
 * @param path as returned by `checkPath`
 * @returns `null` if the file does not fit, was just written, changes meanwhile, or may not or cannot be
 * read at this very path: the regular lookup then reports the reason
 */
export function readServed(
  resolver: PathResolver,
  served: ServedFolder,
  path: string,
  into: Uint8Array,
): FileStamp | null {
  try {
    const { realPath, info } = resolver.resolve(served, path);
    if (info === null || !info.isFile || pathBelow(served.root, realPath) !== path) return null;
    return readWhole(realPath, stampOf(info), into);
  } catch {
    return null; // See above
  }
}

/** A local file that was read. */
export interface LocalContent {
  readonly stamp: FileStamp;
  /** Whether its owner may execute it. */
  readonly isExecutable: boolean;
  /**
   * The folder that it was read in, where it must lie in another one: if {@link RealPaths.isReal} denies it
   * afterwards, a link may have come into the path before the file was opened.
   */
  readonly folder: string | null;
}

/**
 * Reads a whole local file, if it fits.
 *
 * @param within the real path of a folder that it must lie in; `null` for any
 * @param realPaths of the pass that reads the file
 * @returns `null` as {@link readServed}
 */
export function readLocal(
  path: string,
  within: string | null,
  { into, realPaths }: { readonly into: Uint8Array; readonly realPaths: RealPaths },
): LocalContent | null {
  try {
    const found = lookAtLocal(path, within, realPaths);
    if (found === null || !found.info.isFile) return null;
    const { realPath, info } = found;
    const stamp = readWhole(realPath, stampOf(info), into);
    if (stamp === null) return null;
    const folder = within === null ? null : dirname(realPath);
    return { stamp, isExecutable: isExecutable(info), folder };
  } catch {
    return null; // See above
  }
}

/** All bytes come from one open file, whose stamp is the same before and behind. */
function readWhole(realPath: string, stamp: FileStamp, into: Uint8Array): FileStamp | null {
  if (stamp.sizeBytes > into.length || isJustWritten(stamp)) return null;
  using file = Deno.openSync(realPath);
  if (!isSameStamp(stampOf(file.statSync()), stamp)) return null;
  for (let filled = 0; filled < stamp.sizeBytes;) {
    const count = file.readSync(into.subarray(filled, stamp.sizeBytes));
    if (count === null) return null;
    filled += count;
  }
  return isSameStamp(stampOf(file.statSync()), stamp) ? stamp : null;
}
