import { dirname, join, resolve, SEPARATOR } from "./path.ts";
import { isPrivateName, pathIn, pathKey } from "../protocol/path.ts";
import { asDiskError, systemCode } from "./disk_error.ts";
import type { ExcludeRules } from "./exclude_rules.ts";
import { exists } from "./exists.ts";
import { isMarkedFolder, isOwnName } from "./own_marks.ts";
import { retryBusyAsync } from "./retry_busy.ts";
import { folderPrefix, identityOf } from "./served_folder.ts";

/** A file, a link or a folder of this machine that a mirror is not to have. */
export interface ExtraEntry {
  readonly path: string;
  /** In the folder, with `/`. */
  readonly inFolder: string;
  readonly identity: string | null;
}

/** What is in a folder beyond what is wanted. */
export interface ExtraFiles {
  /** The real path of the folder. */
  readonly top: string;
  /** Files and links. */
  readonly files: readonly ExtraEntry[];
  /** Folders, each before what is in it. They may hold what is kept. */
  readonly folders: readonly ExtraEntry[];
  /** Files and links that are wanted. */
  readonly wantedCount: number;
}

/** What a mirror is to have. */
export interface WantedFiles {
  /** Paths in the folder, with `/` and in NFC, of files and folders. */
  readonly paths: ReadonlySet<string>;
  /** What these leave out is kept, and not looked into. */
  readonly rules: ExcludeRules;
}

/**
 * Finds what is in a folder beyond what is wanted. Links are never followed. What the programs keep for
 * themselves, as files under way, devices, sockets and pipes are kept.
 *
 * @returns `null` if the folder itself is a link, or nothing is there
 * @throws {DiskError} if a folder cannot be read
 */
export async function findExtraFiles(
  folder: string,
  wanted: WantedFiles,
): Promise<ExtraFiles | null> {
  try {
    if (!exists(folder) || !(await Deno.lstat(folder)).isDirectory) return null;
    return await new ExtraSearch(await Deno.realPath(folder), wanted).run();
  } catch (error) {
    throw asDiskError(error, folder, "read");
  }
}

class ExtraSearch {
  readonly #top: string;
  readonly #wanted: WantedFiles;
  /** The wanted paths that some systems take for one. */
  readonly #alike = new Map<string, string[]>();
  readonly #files: ExtraEntry[] = [];
  readonly #folders: ExtraEntry[] = [];
  #wantedCount = 0;

  constructor(top: string, wanted: WantedFiles) {
    this.#top = top;
    this.#wanted = wanted;
    for (const path of wanted.paths) {
      const key = pathKey(path);
      this.#alike.set(key, [...this.#alike.get(key) ?? [], path]);
    }
  }

  async run(): Promise<ExtraFiles> {
    const folders = [""];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for await (const entry of Deno.readDir(join(this.#top, folder))) {
        const inFolder = pathIn(folder, entry.name);
        if (await this.#look(inFolder, entry)) folders.push(inFolder);
      }
    }
    return {
      top: this.#top,
      files: this.#files,
      folders: this.#folders,
      wantedCount: this.#wantedCount,
    };
  }

  /** Whether it is a folder to go into. */
  async #look(
    inFolder: string,
    { name, isFile, isDirectory, isSymlink }: Deno.DirEntry,
  ): Promise<boolean> {
    const path = join(this.#top, inFolder);
    if (isPrivateName(name) || isOwnName("", resolve(path))) return false;
    if (this.#wanted.rules.excludes(inFolder.normalize("NFC"), isDirectory)) return false;
    if (isDirectory && isMarkedFolder(path)) return false;
    if (!isFile && !isDirectory && !isSymlink) return false;
    const identity = identityOf(await Deno.lstat(path));
    const isWanted = await this.#isWanted(inFolder.normalize("NFC"), identity);
    if (isWanted && !isDirectory) this.#wantedCount++;
    if (!isWanted) (isDirectory ? this.#folders : this.#files).push({ path, inFolder, identity });
    return isDirectory;
  }

  /** Where letter case and spelling do not count, a file is wanted by any of its names. */
  async #isWanted(path: string, identity: string | null): Promise<boolean> {
    if (this.#wanted.paths.has(path)) return true;
    for (const alike of this.#alike.get(pathKey(path)) ?? []) {
      if (identity === null) return true;
      const info = await Deno.lstat(join(this.#top, alike)).catch(() => null);
      if (info !== null && identityOf(info) === identity) return true;
    }
    return false;
  }
}

/** Called with each file and folder that is removed. */
export type RemovalListener = (entry: ExtraEntry, isFolder: boolean) => void;

/**
 * Removes what {@link findExtraFiles} has found, and the folders that are empty then. What is another file or
 * folder by now, and what a link has come in the way of, is kept.
 *
 * @throws {DiskError} if something cannot be removed; the reason of the signal
 */
export async function removeExtraFiles(
  { top, files, folders }: ExtraFiles,
  signal: AbortSignal,
  onRemoved: RemovalListener,
): Promise<void> {
  for (const entry of files) {
    signal.throwIfAborted();
    if (await removeEntry(top, entry, false)) onRemoved(entry, false);
  }
  for (const entry of folders.toReversed()) {
    signal.throwIfAborted();
    if (await removeEntry(top, entry, true)) onRemoved(entry, true);
  }
}

async function removeEntry(top: string, entry: ExtraEntry, isFolder: boolean): Promise<boolean> {
  const { path, inFolder, identity } = entry;
  try {
    const info = await Deno.lstat(path);
    const above = dirname(folderPrefix(top) + inFolder.replaceAll("/", SEPARATOR));
    const isSame = info.isDirectory === isFolder && identityOf(info) === identity;
    if (!isSame || await Deno.realPath(dirname(path)) !== above) return false;
    await retryBusyAsync(() => Deno.remove(path));
    return true;
  } catch (error) {
    // What is excluded may be in it
    if (error instanceof Deno.errors.NotFound || systemCode(error) === "ENOTEMPTY") return false;
    throw asDiskError(error, path, "remove");
  }
}
