import { DiskError } from "./disk_error.ts";
import { exists } from "./exists.ts";

/**
 * Opens a regular file for reading and writing, and locks it. It is created if missing, in an
 * existing folder. A file with another hard link is unlinked from `path`, and replaced by a new file. The
 * caller closes the file.
 *
 * @param shownPath the path that errors name: that of the file which the one at `path` becomes
 * @throws {DiskError} `busy` while another handle locks the file, `exists` if it is not a regular
 * file
 * @throws the system's error
 */
export function openLocked(path: string, shownPath = path): Deno.FsFile {
  for (;;) {
    const file = createNew(path) ?? openOrCreate(path, shownPath);
    try {
      if (!file.tryLockSync(true)) {
        const message = `Cannot write ${shownPath}: another download is writing it`;
        throw new DiskError("busy", shownPath, message);
      }
      // The previous holder of the lock may have moved this file to its final name
      const isAtPath = isSameFile(file, path);
      if (isAtPath && !hasOtherNames(file)) return file;
      if (isAtPath) Deno.removeSync(path);
      file.close();
    } catch (error) {
      file.close();
      throw error;
    }
  }
}

/** The usual case, in one call: the path is free. `null` otherwise. */
function createNew(path: string): Deno.FsFile | null {
  if (exists(path)) return null;
  try {
    return Deno.openSync(path, { read: true, write: true, createNew: true });
  } catch {
    return null; // `openOrCreate` reports the reason
  }
}

function openOrCreate(path: string, shownPath: string): Deno.FsFile {
  refuseSpecialFile(path, shownPath);
  return Deno.openSync(path, { read: true, write: true, create: true });
}

function refuseSpecialFile(path: string, shownPath: string): void {
  try {
    if (Deno.lstatSync(path).isFile) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  const message = `Cannot write ${shownPath}: it is not a regular file`;
  throw new DiskError("exists", shownPath, message);
}

/** A crash inside `commitName` may leave the file with its final name and this one. */
function hasOtherNames(file: Deno.FsFile): boolean {
  return (file.statSync().nlink ?? 1) > 1; // Windows does not report it
}

/** Whether an open file is the one at `path`. */
export function isSameFile(file: Deno.FsFile, path: string): boolean {
  try {
    return file.statSync().ino === Deno.lstatSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
