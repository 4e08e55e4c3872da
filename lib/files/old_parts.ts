import { join } from "./path.ts";
import { BoundedMap } from "../async/bounded_map.ts";
import { LIMITS } from "../protocol/limits.ts";
import { BATCH_SUFFIX, isPartName, isVersionName, versionPath } from "./part_names.ts";
import { removeQuietly } from "./remove_quietly.ts";

/** The private folders that this thread has swept. */
const swept = new BoundedMap<string, true>(1_000);

/**
 * Removes the parts of downloads that broke off too long ago from a private folder, once in a thread.
 * Synchronous, for use in a worker. Never throws.
 */
export function sweepOldPartsOnce(folder: string): void {
  if (swept.get(folder)) return;
  swept.set(folder, true);
  try {
    sweepOldParts(folder, Date.now());
  } catch {
    // Gone, or no permission: another transfer may do better
  }
}

/**
 * The same, every time, and at once those that cannot be resumed. What another process writes stays, since it is locked, and so does every
 * file that does not have the name of a part.
 *
 * @param folder of `makeWorkFolder`
 * @param nowMs milliseconds since 1970
 * @throws the system's error
 */
export function sweepOldParts(folder: string, nowMs: number): void {
  const names = Array.from(Deno.readDirSync(folder), ({ name, isFile }) => isFile ? name : "");
  const versions = new Set<string>();
  for (const path of names.filter(isPartName).map((name) => join(folder, name))) {
    if (!isOld(path, nowMs) || !removeUnlocked(path)) versions.add(versionPath(path));
  }
  for (const name of names) if (name.endsWith(BATCH_SUFFIX)) removeUnlocked(join(folder, name));
  for (const path of names.filter(isVersionName).map((name) => join(folder, name))) {
    if (!versions.has(path) && isOld(path, nowMs)) removeQuietly(path);
  }
}

/** By the time of the last change of any kind: a part may have its final time of modification. */
function isOld(path: string, nowMs: number): boolean {
  try {
    const { ctime, mtime } = Deno.lstatSync(path);
    const changedMs = (ctime ?? mtime)?.getTime() ?? nowMs;
    return changedMs <= nowMs - LIMITS.unfinishedDownloadMs;
  } catch {
    return false; // Its download may have ended
  }
}

/** `false` if a download writes the part, or it cannot be removed. */
function removeUnlocked(path: string): boolean {
  try {
    using file = Deno.openSync(path, { read: true, write: true });
    if (!file.tryLockSync(true)) return false;
    removeQuietly(versionPath(path));
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}
