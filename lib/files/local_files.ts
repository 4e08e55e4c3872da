import type { FoundItem } from "./local_tree.ts";
import { lookAt } from "./look_at.ts";
import type { OmissionReason } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";

/** The files in a folder of this machine. Paths in it have `/`, and are in NFC. */
export interface LocalFiles {
  /** The path on this machine of each file, by its path in the folder. */
  readonly files: ReadonlyMap<string, string>;
  /** What is neither a file nor a folder, by its path in the folder: links that lead elsewhere, … */
  readonly others: ReadonlyMap<string, OmissionReason>;
  /** What cannot be read, by its path in the folder. */
  readonly errors: ReadonlyMap<string, unknown>;
}

/**
 * Finds the files in a folder, as an upload of it would, without those that the programs keep for
 * themselves. A file that no server can have, for its name, is among the files.
 *
 * @param walk finds what is in the folder, as `walkLocal` does with links followed
 * @throws {DiskError} if the folder cannot be seen
 */
export async function findLocalFiles(
  folder: string,
  walk: (folder: string) => Promise<readonly FoundItem[]>,
): Promise<LocalFiles> {
  const files = new Map<string, string>();
  const others = new Map<string, OmissionReason>();
  const errors = new Map<string, unknown>();
  if (await lookAt(folder) !== "folder") return { files, others, errors };
  let start: number | null = null;
  for (const item of await walk(folder)) {
    const { path, remotePath } = item;
    start ??= remotePath.length + 1;
    const inFolder = remotePath.slice(start);
    if (item.type === "file" || isNoName(item)) files.set(inFolder, path);
    else if (item.type === "unsendable") errors.set(inFolder, item.error);
    else if (item.type === "omitted" && item.reason !== "own") others.set(inFolder, item.reason);
  }
  return { files, others, errors };
}

/** Whether a file has a name that no server takes. */
function isNoName(item: FoundItem): boolean {
  if (item.type !== "unsendable") return false;
  return item.error instanceof RequestError && item.error.code === "bad-path";
}
