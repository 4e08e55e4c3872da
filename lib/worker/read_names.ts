import { type FoundName, unpackNames } from "../files/folder_names.ts";
import type { ServedFolder } from "../files/served_folder.ts";
import type { FileWorker } from "./file_worker.ts";

/** A folder whose names are wanted. */
export interface WantedNames {
  /** As found in `served` before. */
  readonly realPath: string;
  /** The name to begin with; `null` for the first. */
  readonly first: string | null;
}

/**
 * Reads and sorts the names in a folder in many short calls: others have their turn between them, and
 * it stops soon after `signal` fires.
 *
 * @throws {RequestError} if the folder cannot be read; the reason of the signal
 */
export async function readNames(
  worker: Pick<FileWorker, "call">,
  served: ServedFolder,
  { realPath, first }: WantedNames,
  signal?: AbortSignal,
): Promise<FoundName[]> {
  signal?.throwIfAborted();
  const all = await worker.call("startNames", [served, realPath, first]);
  if (all !== null) return unpackNames(all);
  for (let isSorted = false; !isSorted;) {
    signal?.throwIfAborted();
    isSorted = await worker.call("sortNames", []);
  }
  const names: FoundName[] = [];
  for (;;) {
    signal?.throwIfAborted();
    const piece = await worker.call("takeNames", []);
    if (piece === null) return names;
    for (const name of unpackNames(piece)) names.push(name);
  }
}
