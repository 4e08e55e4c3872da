import { join } from "@std/path";
import type { EntryType, ListedEntry } from "../protocol/answers.ts";
import { isAllowedPath, normalizePath } from "../protocol/path.ts";
import { type DirectoryStore, readFolder } from "./directory_store.ts";

/** Entries inspected concurrently: each `lstat` is a round trip to another thread. */
const MAX_CONCURRENT_INSPECTIONS = 64;

/** Options of a {@link Listing}. */
export interface ListingOptions {
  /** Descend into folders, but not into links to them: those could lead round in circles. */
  readonly recursive: boolean;
  /** Only entries that sort after this path, which need not exist any more. */
  readonly after: string | null;
  /** Whether to list a file, or a folder and its contents. Default: all of them. */
  readonly isVisible?: (path: string, type: EntryType) => boolean;
}

interface Folder {
  /** As clients request it; `""` for the root. */
  readonly path: string;
  readonly realPath: string;
}

interface FoundEntry {
  readonly entry: ListedEntry;
  readonly realPath: string;
  readonly isLink: boolean;
}

/**
 * The files and folders below a folder of the store, sorted: the names of each folder by their code
 * units, a folder before its contents. Names that clients may not request are left out. Folders are
 * read lazily.
 */
export class Listing {
  readonly #store: DirectoryStore;
  readonly #recursive: boolean;
  readonly #isVisible: (path: string, type: EntryType) => boolean;
  readonly #entries: AsyncGenerator<ListedEntry>;
  #peeked: ListedEntry | null = null;
  #heldNames = 0;

  /** @param folder as returned by `checkPath`, or `""` for the root */
  constructor(store: DirectoryStore, folder: string, options: ListingOptions) {
    const { recursive, after, isVisible = () => true } = options;
    this.#store = store;
    this.#recursive = recursive;
    this.#isVisible = isVisible;
    this.#entries = this.#start(folder, after);
  }

  /** Number of names in memory: those of all folders in which the listing is. */
  get heldNames(): number {
    return this.#heldNames;
  }

  /**
   * The next entry, without consuming it; `null` at the end.
   *
   * @throws {RequestError} if the listed folder cannot be looked up
   */
  async peek(): Promise<ListedEntry | null> {
    if (this.#peeked !== null) return this.#peeked;
    const { value, done } = await this.#entries.next();
    this.#peeked = done ? null : value;
    return this.#peeked;
  }

  /** Consumes the entry that `peek` returned. */
  advance(): void {
    this.#peeked = null;
  }

  /** The remaining entries. */
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

  /** The entries of a folder, sorted, from the name `first` on. */
  async *#entriesOf(folder: Folder, first: string | null): AsyncGenerator<FoundEntry> {
    const names = await namesIn(folder, first);
    this.#heldNames += names.length;
    try {
      for (let at = 0; at < names.length; at += MAX_CONCURRENT_INSPECTIONS) {
        const batch = names.slice(at, at + MAX_CONCURRENT_INSPECTIONS);
        const found = await Promise.all(batch.map((name) => this.#inspect(folder, name)));
        for (const entry of found) if (entry !== null) yield entry;
      }
    } finally {
      this.#heldNames -= names.length;
    }
  }

  /** `null` if the entry is neither file nor folder, is inaccessible, or leads out of the root. */
  async #inspect(folder: Folder, name: string): Promise<FoundEntry | null> {
    try {
      const path = join(folder.realPath, name);
      const linkInfo = await Deno.lstat(path);
      const isLink = linkInfo.isSymlink;
      const realPath = isLink ? await Deno.realPath(path) : path;
      if (!this.#store.isInside(realPath)) return null;
      const info = isLink ? await Deno.lstat(realPath) : linkInfo;
      if (!info.isFile && !info.isDirectory) return null;
      if (!await this.#store.mayServe(realPath, info)) return null;
      const entry: ListedEntry = toListedEntry(pathIn(folder, name).normalize("NFC"), info);
      return { entry, realPath, isLink };
    } catch {
      return null; // Removed by now, or no permission
    }
  }
}

/** The components of `after` below `folder`; `null` if it is elsewhere: nothing is skipped then. */
function componentsAfter(folder: string, after: string): readonly string[] | null {
  const normal = normalizePath(after);
  if (folder === "") return normal.split("/");
  return normal.startsWith(`${folder}/`) ? normal.slice(folder.length + 1).split("/") : null;
}

function pathIn({ path }: Folder, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

/** The names in a folder that clients may request, sorted, from `first` on. */
async function namesIn(folder: Folder, first: string | null): Promise<string[]> {
  const names = new Map<string, string>();
  for await (const { name } of readFolder(folder.realPath)) {
    const normal = name.normalize("NFC");
    const isWanted = first === null || normal >= first;
    // Of two spellings of a name, `lookUp` finds the one in NFC
    const isHidden = names.get(normal) === normal;
    if (isWanted && !isHidden && isAllowedPath(pathIn(folder, name))) names.set(normal, name);
  }
  return [...names].sort(([a], [b]) => compare(a, b)).map(([, name]) => name);
}

/** The listing's entry for a file or folder. */
export function toListedEntry(path: string, info: Deno.FileInfo): ListedEntry {
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
