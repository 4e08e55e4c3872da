import { readQuietly } from "./read_quietly.ts";

/** Free bytes of a folder's file system; `null` if the system does not report them. */
export async function freeBytes(folder: string): Promise<number | null> {
  const { statfs } = await import("node:fs/promises");
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null; // No permission, or not reported by the system
  }
}

/**
 * How many descriptors this process may have open, or `null` if the system does not report it.
 *
 * Source: proc(5), `/proc/pid/limits`, the column of the soft limit.
 */
export function descriptorLimit(): number | null {
  if (Deno.build.os !== "linux") return null;
  const limits = readQuietly("/proc/self/limits") ?? "";
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? null : Number(soft);
}
