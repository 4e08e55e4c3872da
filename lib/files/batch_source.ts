import { dirname } from "./path.ts";
import { isJustWritten } from "./directory_store.ts";
import { type FileStamp, isExecutable, isSameStamp, stampOf } from "./file_stamp.ts";
import { lookAtLocal } from "./local_file.ts";
import type { PathResolver } from "./path_resolver.ts";
import type { RealPaths } from "./real_paths.ts";
import { pathBelow, type ServedFolder } from "./served_folder.ts";
import { isRootThere } from "./served_root.ts";

/** Reads small files of a served folder, all in one turn of a worker. Synchronous. */
export class ServedReader {
  readonly #resolver: PathResolver;
  readonly #served: ServedFolder;
  readonly #isRootThere: boolean;

  /** Looks at the root of the folder, which is not looked at again. */
  constructor(resolver: PathResolver, served: ServedFolder) {
    this.#resolver = resolver;
    this.#served = served;
    this.#isRootThere = isRootThere(served.servedRoot);
  }

  /**
   * Reads a whole file, if it is small, to the front of a buffer.
   *
   * A link leads to a path with rights of its own: its file is not read.
   *
   * @param path as returned by `checkPath`
   * @returns `null` if the file does not fit, was just written, changes meanwhile, or may not or cannot be
   * read at this very path: the regular lookup then reports the reason
   */
  read(path: string, into: Uint8Array): FileStamp | null {
    if (!this.#isRootThere) return null;
    try {
      const { realPath, info } = this.#resolver.resolveInRoot(this.#served, path);
      const isPlain = pathBelow(this.#served.root, realPath) === path;
      return isPlain && info?.isFile ? readWhole(realPath, stampOf(info), into) : null;
    } catch {
      return null; // See above
    }
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

/** How a local file is read. */
export interface LocalReading {
  readonly into: Uint8Array;
  /** Of the pass that reads the file. */
  readonly realPaths: RealPaths;
}

/**
 * Reads a whole local file, if it fits.
 *
 * @param within the real path of a folder that it must lie in; `null` for any
 * @returns `null` as {@link ServedReader.read}
 */
export function readLocal(
  path: string,
  within: string | null,
  { into, realPaths }: LocalReading,
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

/**
 * All bytes come from one open file, whose stamp behind is the one that its path had before it was opened.
 *
 * @param stamp of what is at the path, which is a file
 */
function readWhole(
  realPath: string,
  stamp: FileStamp,
  into: Uint8Array,
): FileStamp | null {
  if (stamp.sizeBytes > into.length || isJustWritten(stamp)) return null;
  using file = Deno.openSync(realPath);
  for (let filled = 0; filled < stamp.sizeBytes;) {
    const count = file.readSync(into.subarray(filled, stamp.sizeBytes));
    if (count === null) return null;
    filled += count;
  }
  return isSameStamp(stampOf(file.statSync()), stamp) ? stamp : null;
}
