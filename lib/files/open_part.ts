import { join } from "./path.ts";
import type { FinalName } from "./commit_name.ts";
import { asDiskError } from "./disk_error.ts";
import { exists } from "./exists.ts";
import { makeMissingSync } from "./folders.ts";
import { openLocked } from "./locked_file.ts";
import { type PartPlace, versionPath } from "./part_names.ts";
import { sweepOldPartsOnce } from "./old_parts.ts";
import { removeQuietly } from "./remove_quietly.ts";
import { findWorkFolder, makeWorkFolder, removeWorkFolder } from "./work_folder.ts";

/** How often a private folder is made again that the end of another transfer removes. */
const MAX_FOLDER_RACES = 100;

/** Removes the part that an earlier download left of a file that exists by now, unless locked. */
export function dropPart({ partBase, partName }: PartPlace): void {
  const folder = findWorkFolder(partBase);
  if (folder === null) return;
  const path = join(folder, partName);
  try {
    if (exists(path)) {
      using _ = openLocked(path); // Empty and new, if the part had another hard link
      removeQuietly(path);
    }
    removeQuietly(versionPath(path));
    sweepOldPartsOnce(folder);
    removeWorkFolder(folder);
  } catch {
    // Locked, or no permission
  }
}

/** An open part, locked. */
export interface OpenPart {
  readonly folder: string;
  readonly path: string;
  readonly file: Deno.FsFile;
}

/**
 * Opens the part of a transfer, and locks it. Its private folder is created if missing. Beside a
 * download, the parts of others that broke off too long ago are removed.
 *
 * Errors name the final place: the part is internal.
 *
 * @param root `null` if `partBase` is created if missing
 * @throws {DiskError}
 */
export function openPart(
  { partBase, partName, root, directory, name }: PartPlace & FinalName & { readonly root: unknown },
): OpenPart {
  const shownPath = join(directory, name);
  for (let races = 0;; races++) {
    try {
      const folder = makeWorkFolder(partBase);
      const path = join(folder, partName);
      const file = openLocked(path, shownPath);
      if (root === null) sweepOldPartsOnce(folder);
      return { folder, path, file };
    } catch (error) {
      const isGone = error instanceof Deno.errors.NotFound && (root === null || exists(partBase));
      if (!isGone || races === MAX_FOLDER_RACES) {
        throw asDiskError(error, shownPath, "write");
      }
    }
    if (root === null) makeBase(partBase);
  }
}

function makeBase(path: string): void {
  try {
    makeMissingSync(path);
  } catch (error) {
    throw asDiskError(error, path, "make");
  }
}
