import { dirname } from "@std/path";
import { syncFolder } from "./folders.ts";

/** Only the owner reads and writes. */
const PRIVATE_MODE = 0o600;

/**
 * Does `work` while no other process, and nobody else in this one, does its work under the same
 * lock.
 *
 * @param path a file for the lock alone, which is made and stays
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  using lock = await Deno.open(path, { write: true, create: true, mode: PRIVATE_MODE });
  await lock.lock(true);
  return await work();
}

/**
 * Gives a file new content in one step: whoever reads it gets the old or the new, also after a
 * crash. Only its owner may read it. Where the name is a link, the file that it leads to is
 * replaced.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const target = await realPath(path);
  const temporary = `${target}.${crypto.randomUUID()}.new`;
  try {
    await writeSynced(temporary, text);
    await Deno.rename(temporary, target);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // It may not have come to be
    throw error;
  }
  syncFolder(dirname(target));
}

async function writeSynced(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: PRIVATE_MODE });
  const bytes = new TextEncoder().encode(text);
  for (let offset = 0; offset < bytes.length;) offset += await file.write(bytes.subarray(offset));
  await file.sync();
}

/** The content of a file, or `null` where there is none. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}
