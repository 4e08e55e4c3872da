import { dirname } from "@std/path";
import { asDiskError } from "./disk_error.ts";

/**
 * Creates a local folder and its parents, and makes their names durable.
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
 * {@link makeFolder} with the system's errors.
 *
 * @throws the system's error
 */
export async function makeMissing(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) await makeMissing(above);
  await Deno.mkdir(path, { recursive: true }); // Another process may have created it by now
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(above);
  await folder.sync();
}

/**
 * Synchronous {@link makeMissing}.
 *
 * @throws the system's error
 */
export function makeMissingSync(path: string): void {
  if (isFolderSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeMissingSync(above);
  Deno.mkdirSync(path, { recursive: true });
  syncFolder(above);
}

/** Makes new names in a folder durable; does nothing on Windows. */
export function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return;
  using folder = Deno.openSync(path);
  folder.syncSync();
}

/**
 * Sets a folder's time of modification.
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
    return false; // Creating it reports the reason
  }
}

function isFolderSync(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
