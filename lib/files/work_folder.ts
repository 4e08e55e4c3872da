import { join } from "./path.ts";
import { PRIVATE_FOLDER } from "../protocol/path.ts";
import { DiskError } from "./disk_error.ts";
import { exists } from "./exists.ts";

const PRIVATE_MODE = 0o700;

/**
 * Makes the private folder for the files under way below `base`, unless it is there. No file that a
 * peer names can lie in it, and other users cannot use it: what it holds is of this program.
 * Synchronous, for use in a worker.
 *
 * @param base an existing folder
 * @throws {DiskError} `exists` if other things have its names
 * @throws the system's error
 */
export function makeWorkFolder(base: string): string {
  const paths = workFolderPaths(base);
  for (const path of paths) {
    if (!exists(path)) makeFolder(path);
    if (isPrivate(path, base)) return path;
  }
  const [path = base] = paths;
  throw new DiskError("exists", path, `Cannot write ${path}: it is no folder of this user`);
}

/** The folder that {@link makeWorkFolder} has made; `null` if there is none. */
export function findWorkFolder(base: string): string | null {
  return workFolderPaths(base).find((path) => exists(path) && isPrivate(path, base)) ?? null;
}

/** Removes a folder that {@link makeWorkFolder} has made, if nothing is in it. */
export function removeWorkFolder(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Another file is under way, or gone already
  }
}

/**
 * The possible paths of the private folder below `base`: where another user has the first one, there
 * is one of this user's own.
 */
export function workFolderPaths(base: string): string[] {
  const uid = ownUser();
  const path = join(base, PRIVATE_FOLDER);
  return uid === null ? [path] : [path, `${path}-${uid}`];
}

function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { mode: PRIVATE_MODE });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Whether a path is a folder of this user, and no link; closes it to other users. */
function isPrivate(path: string, base: string): boolean {
  try {
    const info = Deno.lstatSync(path);
    if (!info.isDirectory || !isOwned(info, base)) return false;
    if (((info.mode ?? 0) & 0o077) !== 0) Deno.chmodSync(path, PRIVATE_MODE);
    return true;
  } catch {
    return false; // Gone, or no permission
  }
}

/** Some file systems give everything one owner: for root, the folder around shows it. */
function isOwned({ uid }: Deno.FileInfo, base: string): boolean {
  const user = ownUser();
  if (user === null || uid === null || uid === user) return true;
  return user === 0 && uid === Deno.statSync(base).uid;
}

/** The user of this process, looked up once; `undefined` before. */
let user: number | null | undefined;

/** `null` on Windows, and where this process may not ask. */
function ownUser(): number | null {
  if (user === undefined) user = lookUpUser();
  return user;
}

function lookUpUser(): number | null {
  try {
    return Deno.uid();
  } catch {
    return null;
  }
}
