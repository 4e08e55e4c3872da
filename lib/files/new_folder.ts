import { RequestError } from "../protocol/errors.ts";
import { asRequestError } from "./disk_error.ts";
import { makeBelowSync } from "./folders.ts";
import type { PathResolver } from "./path_resolver.ts";
import { pathBelow, type ServedFolder } from "./served_folder.ts";

/** The outcome of {@link makeServedFolder}. */
export interface NewFolder {
  /** Links resolved. Never sent to a peer. */
  readonly realPath: string;
  /** As in `ResolvedPath`. */
  readonly passed?: readonly string[];
  /** `false` if the path leads elsewhere than it may. */
  readonly isMade: boolean;
  /** Whether the folder was there before. */
  readonly wasThere: boolean;
}

/**
 * Creates a folder and its parents in a served folder, unless they exist. Synchronous, for use in a
 * worker.
 *
 * @param path as returned by `checkPath`, or `""` for the root
 * @param allowed the true path, as clients write it, at which the folder may be made
 * @throws {RequestError} `not-a-file`, `bad-path`, `denied`, `no-space`
 */
export function makeServedFolder(
  resolver: PathResolver,
  served: ServedFolder,
  path: string,
  allowed: string,
): NewFolder {
  const { realPath, passed = [], existing, info, isBlocked } = resolver.resolve(served, path);
  if (pathBelow(served.root, realPath) !== allowed) {
    return { realPath, passed, isMade: false, wasThere: false };
  }
  if (isBlocked || info?.isDirectory === false) throw new RequestError("not-a-file");
  try {
    if (info === null) makeBelowSync(existing.path, realPath);
  } catch (error) {
    throw asRequestError(error);
  }
  return { realPath, isMade: true, wasThere: info !== null };
}
