import type { ListedEntry, OmittedPath } from "../protocol/answers.ts";
import { pathIn } from "../protocol/path.ts";
import type { FileStamp } from "./file_stamp.ts";
import type { Inspected, ListedFolder } from "./inspect_names.ts";
import { folderPrefix } from "./served_folder.ts";

/** An entry of a listed folder. */
export interface FoundEntry {
  readonly entry: ListedEntry;
  readonly realPath: string;
  readonly stamp: FileStamp;
}

/** What a name in a folder stands for; `null` if it is not told. */
export type Found = FoundEntry | OmittedPath | null;

/** What a name in a listed folder stands for, as a listing tells it. */
export function toFound(
  folder: ListedFolder,
  name: string,
  inspected: Inspected,
): Found {
  if (inspected === null) return null;
  if ("reason" in inspected) return { path: pathIn(folder.path, name), reason: inspected.reason };
  const { type, stamp, target, exec } = inspected;
  const path = pathIn(folder.path, name.normalize("NFC"));
  const realPath = target ?? folderPrefix(folder.realPath) + name;
  const entry = {
    path,
    type,
    size: stamp.sizeBytes,
    mtime: stamp.modifiedMs,
    ...(exec && { exec }),
    ...(target !== null && { link: true }),
  };
  return { entry, realPath, stamp };
}

/** Whether an entry is a file, or a link to one. */
export function isFile(found: Found): found is FoundEntry {
  return found !== null && "entry" in found && found.entry.type === "file";
}
