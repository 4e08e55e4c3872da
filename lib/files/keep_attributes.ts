import { exists } from "./exists.ts";

/** Not those that run a program as its owner: the content is another one. */
const PERMISSION_BITS = 0o777;

/**
 * Gives a file the permissions of the one that it is to replace, and its owner and group as far as
 * the system allows it. Does nothing if there is no regular file, and on Windows.
 *
 * @param isExecutable adds to the permissions what {@link makeExecutable} does
 * @throws the system's error
 */
export function keepAttributes(
  path: string,
  replacedPath: string,
  isExecutable = false,
): void {
  if (Deno.build.os === "windows" || !exists(replacedPath)) return;
  const replaced = Deno.lstatSync(replacedPath);
  if (!replaced.isFile) return;
  const { uid, gid } = Deno.lstatSync(path);
  if (replaced.mode !== null) Deno.chmodSync(path, replaced.mode & PERMISSION_BITS);
  if (isExecutable) makeExecutable(path);
  if (gid !== replaced.gid) tryChown(path, null, replaced.gid);
  if (uid !== replaced.uid) tryChown(path, replaced.uid, null); // The last: it gives the file away
}

/**
 * Lets those execute a file that may read it, as far as its file system keeps such a right: the file is as
 * right without. Does nothing on Windows.
 */
export function makeExecutable(path: string): void {
  if (Deno.build.os === "windows") return;
  try {
    const mode = Deno.lstatSync(path).mode ?? 0;
    const wanted = (mode | (mode & 0o444) >> 2) & PERMISSION_BITS;
    if (wanted !== (mode & PERMISSION_BITS)) Deno.chmodSync(path, wanted);
  } catch {
    // FAT, or a mount option, has no such right
  }
}

function tryChown(path: string, uid: number | null, gid: number | null): void {
  try {
    Deno.chownSync(path, uid, gid);
  } catch {
    // This process may not: the file is its own then
  }
}
