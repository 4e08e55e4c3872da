import { DiskError } from "./disk_error.ts";

/** The folder that a server began to serve. Can be sent to a worker. */
export interface ServedRoot {
  /** Its real path. */
  readonly path: string;
  /** Its number in its file system, that of the file system, and when it was made. */
  readonly device: number;
  readonly inode: number | null;
  readonly madeMs: number;
}

/** Describes a folder. */
export function describeRoot(path: string, info: Deno.FileInfo): ServedRoot {
  return { path, device: info.dev, inode: info.ino, madeMs: info.birthtime?.getTime() ?? 0 };
}

/**
 * Whether a folder is the one that was served first. A disk that is mounted again may get another
 * device number; the folder below a mount has another inode.
 */
export function isSameRoot(a: ServedRoot, b: ServedRoot): boolean {
  if (a.inode !== b.inode) return false;
  return a.device === b.device || (a.madeMs > 0 && a.madeMs === b.madeMs);
}

/** Whether the served folder is still there. Synchronous, for use in a worker. */
export function isRootThere(root: ServedRoot): boolean {
  try {
    return isSameRoot(root, describeRoot(root.path, Deno.statSync(root.path)));
  } catch {
    return false;
  }
}

/**
 * Checks that the served folder is still there. Synchronous, for use in a worker.
 *
 * @throws {DiskError} `root-gone`
 */
export function checkRootSync(root: ServedRoot): void {
  if (!isRootThere(root)) throw rootGone(root);
}

/** The error for a served folder that is no longer there. */
export function rootGone({ path }: ServedRoot): DiskError {
  return new DiskError("root-gone", path, `Cannot use ${path}: it is not the folder it was`);
}
