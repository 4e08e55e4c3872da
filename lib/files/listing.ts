import { join } from "@std/path";
import type { EntryType, ListedEntry } from "../protocol/answers.ts";
import { isAllowedPath } from "../protocol/path.ts";
import { type DirectoryStore, readFolder } from "./directory_store.ts";

/** Entries that are looked at together: each look is a trip to another thread. */
const LOOKED_AT_ONCE = 64;

/** What to list. */
export interface ListingOptions {
  /** Descend into folders, but not into links to them: those could lead round in circles. */
  readonly recursive: boolean;
  /** Only what comes after this path. It need not be there any more. */
  readonly after: string | null;
  /** Whether to tell of a file, or of a folder and what is in it. Default: of all. */
  readonly isVisible?: (path: string, type: EntryType) => boolean;
  /** Is kept up to date with what the listing holds in memory. */
  readonly held?: NamesHeld;
}

/** Names of folders that were read and not yet told. */
export interface NamesHeld {
  count: number;
}

/**
 * The files and folders in a folder of the store, sorted: the names of each folder by their code
 * units, a folder before what is in it. What clients cannot ask for is left out.
 *
 * @param folder as the path rules want it, or `""` for the root; it must be there
 */
export async function* listFolder(
  store: DirectoryStore,
  folder: string,
  { recursive, after, isVisible = () => true, held = { count: 0 } }: ListingOptions,
): AsyncGenerator<ListedEntry> {
  const { realPath } = await store.lookUp(folder);
  const start = after === null ? null : componentsAfter(folder, after);
  yield* walk(new FolderListing(store, folder, realPath, held), start, { recursive, isVisible });
}

/** The components of `after` below `folder`; `null` when all that is there comes after it. */
function componentsAfter(folder: string, after: string): readonly string[] | null {
  const normal = after.normalize("NFC");
  if (folder === "") return normal.split("/");
  return normal.startsWith(`${folder}/`) ? normal.slice(folder.length + 1).split("/") : null;
}

async function* walk(
  listing: FolderListing,
  after: readonly string[] | null,
  options: Required<Pick<ListingOptions, "recursive" | "isVisible">>,
): AsyncGenerator<ListedEntry> {
  const [first, ...rest] = after ?? [];
  for await (const { entry, realPath, isLink } of listing.entries(first ?? null)) {
    if (!options.isVisible(entry.path, entry.type)) continue;
    const isFirst = entry.path === listing.pathOf(first ?? "");
    if (!isFirst) yield entry;
    if (!options.recursive || isLink || entry.type === "file") continue;
    const inside = isFirst && rest.length > 0 ? rest : null;
    yield* walk(listing.below(entry.path, realPath), inside, options);
  }
}

interface FoundEntry {
  readonly entry: ListedEntry;
  readonly realPath: string;
  readonly isLink: boolean;
}

/** One folder of the store. */
class FolderListing {
  readonly #store: DirectoryStore;
  readonly #folder: string;
  readonly #realPath: string;
  readonly #held: NamesHeld;

  constructor(store: DirectoryStore, folder: string, realPath: string, held: NamesHeld) {
    this.#store = store;
    this.#folder = folder;
    this.#realPath = realPath;
    this.#held = held;
  }

  /** A folder in this one. */
  below(folder: string, realPath: string): FolderListing {
    return new FolderListing(this.#store, folder, realPath, this.#held);
  }

  /** The path of a name in this folder. */
  pathOf(name: string): string {
    return this.#folder === "" ? name : `${this.#folder}/${name}`;
  }

  /** What is in it, sorted, from the name `first` on. */
  async *entries(first: string | null): AsyncGenerator<FoundEntry> {
    const names = await this.#names(first);
    this.#held.count += names.length;
    try {
      for (let at = 0; at < names.length; at += LOOKED_AT_ONCE) {
        const some = names.slice(at, at + LOOKED_AT_ONCE);
        const found = await Promise.all(some.map((name) => this.#look(name)));
        for (const entry of found) if (entry !== null) yield entry;
      }
    } finally {
      this.#held.count -= names.length;
    }
  }

  async #names(first: string | null): Promise<string[]> {
    const names = new Map<string, string>();
    for await (const { name } of readFolder(this.#realPath)) {
      const normal = name.normalize("NFC");
      const isWanted = first === null || normal >= first;
      // Of two spellings of one name, it is the composed one that can be asked for
      const isHidden = names.get(normal) === normal;
      if (isWanted && !isHidden && isAllowedPath(this.pathOf(name))) names.set(normal, name);
    }
    return [...names].sort(([a], [b]) => compare(a, b)).map(([, name]) => name);
  }

  /** `null` for what is no file or folder, cannot be looked at, or leads out of the root. */
  async #look(name: string): Promise<FoundEntry | null> {
    try {
      const path = join(this.#realPath, name);
      const own = await Deno.lstat(path);
      const realPath = own.isSymlink ? await Deno.realPath(path) : path;
      if (!this.#store.isInside(realPath)) return null;
      const info = own.isSymlink ? await Deno.lstat(realPath) : own;
      if (!info.isFile && !info.isDirectory) return null;
      const entry: ListedEntry = entryOf(this.pathOf(name).normalize("NFC"), info);
      return { entry, realPath, isLink: own.isSymlink };
    } catch {
      return null; // Gone meanwhile, or not for us to see
    }
  }
}

/** What a listing tells of a file or a folder. */
export function entryOf(path: string, info: Deno.FileInfo): ListedEntry {
  return {
    path,
    type: info.isFile ? "file" : "folder",
    size: info.isFile ? info.size : 0,
    mtime: info.mtime?.getTime() ?? 0,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
