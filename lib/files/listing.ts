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
  /** Whether to list a file, or a folder and what is in it. Default: all of them. */
  readonly isVisible?: (path: string, type: EntryType) => boolean;
}

/** A folder of the store. */
interface Folder {
  /** As clients ask for it; `""` for the root. */
  readonly path: string;
  readonly realPath: string;
}

interface FoundEntry {
  readonly entry: ListedEntry;
  readonly realPath: string;
  readonly isLink: boolean;
}

/**
 * The files and folders in a folder of the store, sorted: the names of each folder by their code
 * units, a folder before what is in it. Names that clients cannot ask for are left out. Folders are
 * read as they are reached.
 */
export class Listing {
  readonly #store: DirectoryStore;
  readonly #recursive: boolean;
  readonly #isVisible: (path: string, type: EntryType) => boolean;
  readonly #entries: AsyncGenerator<ListedEntry>;
  #peeked: ListedEntry | null = null;
  #heldNames = 0;

  /** @param folder as the path rules want it, or `""` for the root */
  constructor(store: DirectoryStore, folder: string, options: ListingOptions) {
    const { recursive, after, isVisible = () => true } = options;
    this.#store = store;
    this.#recursive = recursive;
    this.#isVisible = isVisible;
    this.#entries = this.#start(folder, after);
  }

  /** The names that were read and not yet listed: what the listing holds in memory. */
  get heldNames(): number {
    return this.#heldNames;
  }

  /**
   * The next entry, which stays the next one; `null` at the end.
   *
   * @throws {RequestError} when the folder cannot be read
   */
  async peek(): Promise<ListedEntry | null> {
    if (this.#peeked !== null) return this.#peeked;
    const { value, done } = await this.#entries.next();
    this.#peeked = done ? null : value;
    return this.#peeked;
  }

  /** Passes over the entry that `peek` gave. */
  advance(): void {
    this.#peeked = null;
  }

  /** The entries from the next one on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ListedEntry> {
    for (let entry = await this.peek(); entry !== null; entry = await this.peek()) {
      this.advance();
      yield entry;
    }
  }

  async *#start(path: string, after: string | null): AsyncGenerator<ListedEntry> {
    const { realPath } = await this.#store.lookUp(path);
    yield* this.#walk({ path, realPath }, after === null ? null : componentsAfter(path, after));
  }

  async *#walk(folder: Folder, after: readonly string[] | null): AsyncGenerator<ListedEntry> {
    const [first, ...rest] = after ?? [];
    for await (const { entry, realPath, isLink } of this.#entriesOf(folder, first ?? null)) {
      if (!this.#isVisible(entry.path, entry.type)) continue;
      const isFirst = entry.path === pathIn(folder, first ?? "");
      if (!isFirst) yield entry;
      if (!this.#recursive || isLink || entry.type === "file") continue;
      const inside = isFirst && rest.length > 0 ? rest : null;
      yield* this.#walk({ path: entry.path, realPath }, inside);
    }
  }

  /** What is in a folder, sorted, from the name `first` on. */
  async *#entriesOf(folder: Folder, first: string | null): AsyncGenerator<FoundEntry> {
    const names = await namesIn(folder, first);
    this.#heldNames += names.length;
    try {
      for (let at = 0; at < names.length; at += LOOKED_AT_ONCE) {
        const some = names.slice(at, at + LOOKED_AT_ONCE);
        const found = await Promise.all(some.map((name) => this.#look(folder, name)));
        for (const entry of found) if (entry !== null) yield entry;
      }
    } finally {
      this.#heldNames -= names.length;
    }
  }

  /** `null` for what is no file or folder, cannot be looked at, or leads out of the root. */
  async #look(folder: Folder, name: string): Promise<FoundEntry | null> {
    try {
      const path = join(folder.realPath, name);
      const own = await Deno.lstat(path);
      const realPath = own.isSymlink ? await Deno.realPath(path) : path;
      if (!this.#store.isInside(realPath)) return null;
      const info = own.isSymlink ? await Deno.lstat(realPath) : own;
      if (!info.isFile && !info.isDirectory) return null;
      const entry: ListedEntry = entryOf(pathIn(folder, name).normalize("NFC"), info);
      return { entry, realPath, isLink: own.isSymlink };
    } catch {
      return null; // Gone meanwhile, or not for the server to see
    }
  }
}

/** The components of `after` below `folder`; `null` when all that is there comes after it. */
function componentsAfter(folder: string, after: string): readonly string[] | null {
  const normal = after.normalize("NFC");
  if (folder === "") return normal.split("/");
  return normal.startsWith(`${folder}/`) ? normal.slice(folder.length + 1).split("/") : null;
}

/** The path of a name in a folder. */
function pathIn({ path }: Folder, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

/** The names in a folder that clients can ask for, sorted, from `first` on. */
async function namesIn(folder: Folder, first: string | null): Promise<string[]> {
  const names = new Map<string, string>();
  for await (const { name } of readFolder(folder.realPath)) {
    const normal = name.normalize("NFC");
    const isWanted = first === null || normal >= first;
    // Of two spellings of one name, it is the composed one that can be asked for
    const isHidden = names.get(normal) === normal;
    if (isWanted && !isHidden && isAllowedPath(pathIn(folder, name))) names.set(normal, name);
  }
  return [...names].sort(([a], [b]) => compare(a, b)).map(([, name]) => name);
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
