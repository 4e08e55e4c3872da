import { basename, join } from "./path.ts";
import { randomUUID } from "node:crypto";
import { asRequestError } from "./disk_error.ts";
import { type FileStamp, isSameStamp, stampOf } from "./file_stamp.ts";
import { syncFolder } from "./folders.ts";
import { makeWorkFolder } from "./work_folder.ts";

/** The folder for removed files in the private folder. */
const FOLDER = "trash";
/** How long removed files are kept. */
export const TRASH_MS = 7 * 24 * 60 * 60 * 1_000;
/** The name of a folder in the trash: when the file came, in milliseconds since 1970, and a random part. */
const NAME = /^(\d{10,15})-/;

/**
 * Moves a file of a served folder out of sight, where it is kept for a week. Synchronous, for use in a worker.
 *
 * @param root the real path of the served folder
 * @param stamp the state that it must have; `null` for any
 * @returns `false` if the file is gone, or another one
 * @throws {RequestError} if it cannot be moved; it stays then
 */
export function moveToTrash(
  root: string,
  realPath: string,
  { stamp, nowMs }: { readonly stamp: FileStamp | null; readonly nowMs: number },
): boolean {
  try {
    const found = stampOf(Deno.lstatSync(realPath));
    if (stamp !== null && !isSameStamp(found, stamp)) return false;
    const folder = join(makeWorkFolder(root), FOLDER, `${nowMs}-${randomUUID()}`);
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      Deno.renameSync(realPath, join(folder, basename(realPath)));
    } catch (error) {
      Deno.removeSync(folder);
      throw error;
    }
    syncFolder(folder);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw asRequestError(error);
  }
}

/** Removes what was in the trash for too long. Synchronous, for use in a worker. */
export function emptyTrash(root: string, nowMs: number): void {
  try {
    const trash = join(makeWorkFolder(root), FOLDER);
    for (const { name } of Deno.readDirSync(trash)) {
      const [, cameMs] = NAME.exec(name) ?? [];
      const isOld = cameMs !== undefined && Number(cameMs) < nowMs - TRASH_MS;
      if (isOld) Deno.removeSync(join(trash, name), { recursive: true });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw asRequestError(error);
  }
}
