import { existsSync } from "node:fs";

/**
 * Whether there is something at a path; a link that leads nowhere is nothing. False, too, where that
 * cannot be told.
 *
 * For use in a worker. To look costs far less than an exception that says that nothing is there.
 */
export function exists(path: string): boolean {
  return existsSync(path);
}
