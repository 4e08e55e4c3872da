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

/**
 * How many descriptors this process may have open, or `null` where the system does not tell.
 *
 * Source: proc(5), `/proc/pid/limits`, the column of the soft limit.
 */
export function descriptorLimit(): number | null {
  if (Deno.build.os !== "linux") return null;
  try {
    const limits = Deno.readTextFileSync("/proc/self/limits");
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null; // No permission to look, or no /proc: as on other systems
  }
}
