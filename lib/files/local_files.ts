import type { FoundItem } from "./local_tree.ts";
import { lookAt } from "./look_at.ts";
import { join, SEPARATOR } from "./path.ts";
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
  const found = await walk(folder);
  const [top] = found;
  const start = join(top?.path ?? "", "x").length - 1; // The folder may be `.`, or end in a slash
  const spelt = (path: string) => path.slice(start).replaceAll(SEPARATOR, "/");
  for (const item of found) {
    const { path, remotePath } = item;
    const inFolder = remotePath.slice((top?.remotePath.length ?? 0) + 1);
    if (item.type === "file" || isNoName(item)) {
      // Of two spellings of a name, the one in NFC is compared: the server has one of them
      const former = files.get(inFolder);
      const isHidden = former !== undefined && spelt(path) !== inFolder;
      if (!isHidden) files.set(inFolder, path);
      if (former !== undefined) others.set(spelt(isHidden ? path : former), "same-name");
    } else if (item.type === "unsendable") errors.set(inFolder, item.error);
    else if (item.type === "omitted" && item.reason !== "own") others.set(inFolder, item.reason);
  }
  return { files, others, errors };
}

/** Whether a file has a name that no server takes. */
function isNoName(item: FoundItem): boolean {
  if (item.type !== "unsendable") return false;
  return item.error instanceof RequestError && item.error.code === "bad-path";
}
