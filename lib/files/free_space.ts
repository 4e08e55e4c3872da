import { statfs } from "node:fs/promises";

/** Bytes that may still be written to the file system of a folder; `null` where nobody tells. */
export async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null; // No permission to look, or a system that does not know
  }
}
