import { join } from "./path.ts";
import { isAllowedPath, pathIn } from "../protocol/path.ts";
import { type FileStamp, packStamps, stampAt, stampOf } from "./file_stamp.ts";
import { isInside, isOwnEntry, type ServedFolder } from "./served_folder.ts";

/** A file that is found in a served folder. */
export interface ListedFile {
  /** Relative to the root, with `/`, in NFC. */
  readonly path: string;
  /** Absolute, links resolved. Never sent to a peer. */
  readonly realPath: string;
  /** The stamp when the file was looked up. */
  readonly stamp: FileStamp;
}

/** Entries that one call looks at: some milliseconds of work. */
export const ENTRIES_PER_LOOK = 1_024;

/** What the entries of a folder are, by their places, in a form that costs another isolate little. */
export interface LookedAt {
  /** The stamps of files: see {@link packStamps}. */
  readonly stamps: Float64Array<ArrayBuffer>;
  readonly folders: readonly number[];
}

/** How {@link walkServed} looks at a folder: in a thread, or here. */
export interface ServedLooks {
  /** See {@link readServedNames}. */
  readonly names: (path: string) => Promise<string>;
  /** See {@link lookAtServed}. */
  readonly entries: (path: string, names: string) => Promise<LookedAt>;
}

/** Looks in this isolate, which waits for the disk. */
export function looksHere(served: () => ServedFolder): ServedLooks {
  return {
    names: (path) => Promise.resolve(readServedNames(served(), path)),
    entries: (path, names) => Promise.resolve(lookAtServed(served(), path, names)),
  };
}

/**
 * The names of files and folders in a served folder, separated by NUL, which no name holds; none if it cannot be
 * read. Synchronous, for use in a worker.
 *
 * @param path relative to the root, as the system spells it
 */
export function readServedNames({ root }: ServedFolder, path: string): string {
  const names: string[] = [];
  try {
    for (const { name, isFile, isDirectory } of Deno.readDirSync(join(root, path))) {
      if ((isFile || isDirectory) && isAllowedPath(pathIn(path, name))) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  return names.join("\0");
}

/** What entries of a folder are. Synchronous, for use in a worker. */
export function lookAtServed(served: ServedFolder, path: string, names: string): LookedAt {
  const stamps: (FileStamp | null)[] = [];
  const folders: number[] = [];
  for (const [i, name] of names.split("\0").entries()) {
    stamps.push(null);
    const realPath = join(served.root, path, name);
    const info = lookAt(realPath);
    if (info === null || !isInside(served, realPath)) continue;
    if (isOwnEntry(served, realPath, info)) continue;
    if (info.isFile) stamps[i] = stampOf(info);
    else if (info.isDirectory) folders.push(i);
  }
  return { stamps: packStamps(stamps), folders };
}

/** All regular files below a served root whose paths clients may request, links not followed. */
export async function* walkServed(root: string, looks: ServedLooks): AsyncGenerator<ListedFile> {
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const all = await looks.names(folder);
    const names = all === "" ? [] : all.split("\0");
    for (let at = 0; at < names.length; at += ENTRIES_PER_LOOK) {
      const some = names.slice(at, at + ENTRIES_PER_LOOK);
      const { stamps, folders: below } = await looks.entries(folder, some.join("\0"));
      for (const i of below) folders.push(pathIn(folder, some[i] ?? ""));
      for (const [i, name] of some.entries()) {
        const stamp = stampAt(stamps, i);
        if (stamp === null) continue;
        const path = pathIn(folder, name);
        yield { path: path.normalize("NFC"), realPath: join(root, path), stamp };
      }
    }
  }
}

function lookAt(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch {
    return null; // It is gone, or may not be seen
  }
}
