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
