import { dirname } from "@std/path";
import { DiskError } from "./disk_error.ts";
import { exists } from "./exists.ts";
import { makeMissingSync } from "./folders.ts";

/**
 * Opens a regular file for reading and writing, created where it is not there, its folder too, and
 * locks it. One that has another name, too, loses this one, and a new file takes its place. The
 * caller closes it.
 *
 * @throws {DiskError} `busy` while somebody else has it locked, `exists` when it is no regular file
 * @throws what the system throws
 */
export function openLocked(path: string): Deno.FsFile {
  for (;;) {
    const file = createNew(path) ?? openOrCreate(path);
    try {
      if (!file.tryLockSync(true)) {
        throw new DiskError("busy", path, `Cannot write ${path}: another download is writing it`);
      }
      // Whoever held the lock before may have given this very file its final name
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

/** The usual case, in one call: nothing has that path. `null` where that is not so. */
function createNew(path: string): Deno.FsFile | null {
  if (exists(path)) return null;
  try {
    return Deno.openSync(path, { read: true, write: true, createNew: true });
  } catch {
    return null; // Why that is so, the usual way tells
  }
}

function openOrCreate(path: string): Deno.FsFile {
  refuseSpecialFile(path);
  const options = { read: true, write: true, create: true };
  try {
    return Deno.openSync(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    makeMissingSync(dirname(path));
    return Deno.openSync(path, options);
  }
}

function refuseSpecialFile(path: string): void {
  try {
    if (Deno.lstatSync(path).isFile) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new DiskError("exists", path, `Cannot write ${path}: it is not a regular file`);
}

/** A crash may have come after it got its final name, and before it lost this one. */
function hasOtherNames(file: Deno.FsFile): boolean {
  return (file.statSync().nlink ?? 1) > 1; // Windows does not tell
}

/** Whether a file that is open is what has that path. */
export function isSameFile(file: Deno.FsFile, path: string): boolean {
  try {
    return file.statSync().ino === Deno.lstatSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
