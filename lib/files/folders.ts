import { dirname } from "@std/path";
import { asDiskError } from "./disk_error.ts";

/**
 * Makes a folder of this machine and those above it, and makes their names durable.
 *
 * @throws {DiskError}
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeMissing(path);
  } catch (error) {
    throw asDiskError(error, path, "make");
  }
}

/**
 * The same without its errors.
 *
 * @throws what the system throws
 */
export async function makeMissing(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) await makeMissing(above);
  await Deno.mkdir(path, { recursive: true }); // Somebody else may have made it by now
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(above);
  await folder.sync();
}

/**
 * The same with synchronous calls.
 *
 * @throws what the system throws
 */
export function makeMissingSync(path: string): void {
  if (isFolderSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeMissingSync(above);
  Deno.mkdirSync(path, { recursive: true });
  syncFolder(above);
}

/** Makes a new name in a folder durable, where the system can. */
export function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return;
  using folder = Deno.openSync(path);
  folder.syncSync();
}

/**
 * Gives a folder its time of modification.
 *
 * @param modifiedMs milliseconds since 1970
 * @throws {DiskError}
 */
export async function setFolderTime(path: string, modifiedMs: number): Promise<void> {
  try {
    await Deno.utime(path, new Date(), new Date(modifiedMs));
  } catch (error) {
    throw asDiskError(error, path, "set the time of");
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false; // Why it cannot be had is told by making it
  }
}

function isFolderSync(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
