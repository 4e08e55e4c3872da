import { access, constants, statfs } from "node:fs/promises";
import { join } from "./path.ts";
import { freeBytes } from "./system.ts";

/** What there is to know of a folder before it is used. */
export interface FolderFacts {
  readonly path: string;
  readonly kind: "folder" | "other" | "missing";
  readonly canRead: boolean;
  readonly canWrite: boolean;
  /** Permission bits; `null` where the system has none. */
  readonly mode: number | null;
  /** `null` if the system does not report it. */
  readonly freeBytes: number | null;
  /** Whether it is on a drive of the network. */
  readonly isRemote: boolean;
}

/** The types of file systems of the network, as `statfs` tells them: NFS, SMB, CIFS, 9P. */
const REMOTE: ReadonlySet<number> = new Set([0x6969, 0xfe534d42, 0xff534d42, 0x01021997]);

/**
 * Looks at a folder, without changing anything. Of a missing one, at the folder that it would be in. One that
 * may not even be looked at can be neither read nor written.
 */
export async function inspectFolder(path: string): Promise<FolderFacts> {
  let isHidden = false;
  const info = await Deno.stat(path).catch((error) => {
    isHidden = !(error instanceof Deno.errors.NotFound);
    return null;
  });
  const there = info === null ? await existingAbove(path) : path;
  return {
    path,
    kind: info === null ? "missing" : info.isDirectory ? "folder" : "other",
    canRead: !isHidden && await may(there, constants.R_OK | constants.X_OK),
    canWrite: !isHidden && await may(there, constants.W_OK | constants.X_OK),
    mode: info?.mode === undefined || info.mode === null ? null : info.mode & 0o777,
    freeBytes: await freeBytes(there),
    isRemote: await statfs(there).then(({ type }) => REMOTE.has(type >>> 0), () => false),
  };
}

/** Files of a folder that others than their owner may use, by their names. */
export async function findExposed(folder: string, names: readonly string[]): Promise<string[]> {
  if (Deno.build.os === "windows") return [];
  const exposed = await Promise.all(names.map(async (name) => {
    const info = await Deno.lstat(join(folder, name)).catch(() => null);
    return ((info?.mode ?? 0) & 0o077) === 0 ? [] : [name];
  }));
  return exposed.flat();
}

/** The last change of any file of a folder, milliseconds since 1970; `null` without one. */
export async function newestChange(folder: string): Promise<number | null> {
  let newest: number | null = null;
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const info = await Deno.lstat(join(folder, name)).catch(() => null);
      const changedMs = info?.mtime?.getTime() ?? null;
      if (changedMs !== null && changedMs > (newest ?? 0)) newest = changedMs;
    }
  } catch {
    return newest; // It does not exist, or may not be read
  }
  return newest;
}

/** Whether a running server holds the lock of a data folder. */
export function isLocked(path: string): boolean {
  try {
    using file = Deno.openSync(path);
    return !file.tryLockSync(false);
  } catch {
    return false; // No server has ever used it
  }
}

async function existingAbove(path: string): Promise<string> {
  for (let at = path;;) {
    const above = join(at, "..");
    if (above === at || await Deno.stat(above).then(() => true, () => false)) return above;
    at = above;
  }
}

async function may(path: string, mode: number): Promise<boolean> {
  return await access(path, mode).then(() => true, () => false);
}
