import { join } from "./path.ts";
import { asRequestError, systemCode } from "./disk_error.ts";
import { isMark } from "./own_marks.ts";

/** How long one call looks: other calls have their turn between. */
const PIECE_MS = 10;

/** What one call of {@link findMark} has found. */
export interface FoundMark {
  /** Whether one of the folders is the programs' own. */
  readonly isMarked: boolean;
  /** How many of the folders it has looked at: time may be up before the last. */
  readonly lookedAt: number;
  /** The folders in those. */
  readonly inner: readonly string[];
}

/**
 * Looks in folders for a mark of the programs, in as many as time allows. Follows no link. Synchronous, for use in a
 * worker.
 *
 * @throws {RequestError} `denied` for a folder that cannot be read: what it holds is not known
 */
export function findMark(folders: readonly string[]): FoundMark {
  const endMs = performance.now() + PIECE_MS;
  const inner: string[] = [];
  let lookedAt = 0;
  for (const folder of folders) {
    if (lookedAt > 0 && performance.now() >= endMs) break;
    lookedAt++;
    for (const { name, isFile, isDirectory } of readFolder(folder)) {
      if (isFile && isMark(name)) return { isMarked: true, lookedAt, inner };
      if (isDirectory) inner.push(join(folder, name));
    }
  }
  return { isMarked: false, lookedAt, inner };
}

function readFolder(path: string): Iterable<Deno.DirEntry> {
  try {
    return Deno.readDirSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw asRequestError(error);
  }
}
