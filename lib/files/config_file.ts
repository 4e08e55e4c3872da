import { dirname } from "./path.ts";
import { withLock, writePrivateFile } from "./atomic_file.ts";
import { asDiskError, DiskError, systemCode } from "./disk_error.ts";
import { exists } from "./exists.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";
import { makeUserFolder } from "./own_marks.ts";
import { readInto } from "./read_into.ts";

/**
 * The stamp of a configuration file, or `null` if it does not exist.
 *
 * @throws {DiskError} if it cannot be read or is not a regular file; also for a dangling link,
 * whose file was meant to exist
 */
export async function statConfigFile(path: string): Promise<FileStamp | null> {
  try {
    const info = await Deno.stat(path);
    if (info.isFile) return stampOf(info);
  } catch (error) {
    if (!isNotFound(error)) throw asDiskError(error, path, "read");
    const entry = await entryAt(path);
    if (entry === null) return null;
    if (!entry.isSymlink) return await statConfigFile(path); // It has just been created
    throw asDiskError(error, path, "read");
  }
  const message = `Cannot read ${path}: it is not a regular file`;
  throw new DiskError("io", path, message, { cause: new Error("not a regular file") });
}

/**
 * The content of a configuration file, cut to `maxBytes` + 1 bytes: the extra byte shows that the
 * file is too large.
 *
 * @throws {DiskError}
 */
export async function readConfigFile(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    using file = await Deno.open(path);
    return await readInto(file, new Uint8Array(maxBytes + 1));
  } catch (error) {
    throw asDiskError(error, path, "read");
  }
}

async function entryAt(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw asDiskError(error, path, "read");
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/**
 * Replaces a configuration file atomically by another text. There is one all the time; a former one stays beside
 * it as `<name>.old`.
 *
 * @throws {DiskError}
 */
export async function replaceConfigFile(path: string, text: string): Promise<void> {
  try {
    if (exists(path)) await Deno.copyFile(path, `${path}.old`);
    await writePrivateFile(path, text);
  } catch (error) {
    throw asDiskError(error, path, "write");
  }
}

/**
 * Replaces a configuration file atomically, under a lock against other editors. It and its folders are
 * created if missing; the file gets mode 0600.
 *
 * @param edit reads the file, and returns its new text
 * @param signal ends the wait for another editor
 * @throws {DiskError}
 * @throws what `edit` throws, and the reason of the signal; nothing is changed then
 */
export async function editConfigFile(
  path: string,
  edit: () => Promise<string>,
  signal: AbortSignal,
): Promise<void> {
  try {
    makeUserFolder(dirname(path));
    const write = async () => await writePrivateFile(path, await edit());
    await withLock(`${path}.lock`, write, { signal });
  } catch (error) {
    const isOfSystem = systemCode(error) !== "" || error instanceof Deno.errors.NotCapable;
    throw isOfSystem ? asDiskError(error, path, "write") : error;
  }
}
