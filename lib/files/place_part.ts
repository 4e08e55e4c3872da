import { basename, dirname } from "./path.ts";
import { commitName } from "./commit_name.ts";
import { asRequestError } from "./disk_error.ts";
import { makeMissingSync } from "./folders.ts";

/**
 * Gives a whole part, whose upload has ended without that, its name in the served folder. Synchronous, for use
 * in a worker.
 *
 * @returns `false` if an upload writes to the part, or the name is taken
 * @throws {RequestError}
 */
export function placePart(part: string, realPath: string): boolean {
  try {
    using file = Deno.openSync(part, { read: true, write: true });
    if (!file.tryLockSync(true)) return false;
    file.syncSync();
    const directory = dirname(realPath);
    makeMissingSync(directory);
    return commitName(part, { directory, name: basename(realPath), ifTaken: "refuse" }) !== null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw asRequestError(error);
  }
}
