import type { EntryType, ListedEntry, Omissions, OmittedPath } from "../protocol/answers.ts";
import { normalizePath, pathIn } from "../protocol/path.ts";
import type { DirectoryStore, Resolve, StoredFile } from "./directory_store.ts";
import { type Found, type FoundEntry, isFile, toFound } from "./found_entry.ts";
import { type FoundName, readNames } from "./folder_names.ts";
import { type Inspected, inspectNames, type ListedFolder, reasonOf } from "./inspect_names.ts";
import { OmittedPaths } from "./omitted_paths.ts";
import { PathResolver } from "./path_resolver.ts";
import { folderPrefix, pathBelow } from "./served_folder.ts";

/** Entries inspected in one call: two milliseconds of work. */
const ENTRIES_PER_CALL = 256;
/** Calls under way. */
const CALLS_AHEAD = 2;

/** Reads folders for a listing: in a thread, or here. */
export interface FolderReader {
  readonly resolve: Resolve;
  /** The names of a `NameReading`. @throws {RequestError}, or the reason of the signal */
  readNames(realPath: string, first: string | null, signal?: AbortSignal): Promise<FoundName[]>;
  /** See {@link inspectNames}. */
  inspect(folder: ListedFolder, names: readonly FoundName[]): Promise<Inspected[]>;
}

/** Options of a {@link Listing}. */
export interface ListingOptions {
  /** Descend into folders, but not into links to them: those could lead round in circles. */
  readonly recursive: boolean;
  /** Only entries that sort after this path, which need not exist any more. */
  readonly after: string | null;
  /** Whether names that not every system can store are listed. Default: `true`. */
  readonly names?: boolean;
  /** Whether to list a file, or a folder and its contents. Default: all of them. */
  readonly isVisible?: IsVisible;
  /** The hashes that are listed; a catalogue lists its own, if this is given. Default: none. */
  readonly hashesOf?: KnownHashes;
  /** Default: reads in this isolate. */
  readonly reader?: FolderReader;
}

/** The SHA-256 of files in hex, in their order; `null` where only reading a file would tell it. */
export type KnownHashes = (
  files: readonly Pick<StoredFile, "realPath" | "stamp">[],
) => readonly (string | null)[];

/**
 * Whether a client may learn of a path. Asked of a link and of what it leads to: both have to be
 * visible.
 */
export type IsVisible = (path: string, type: EntryType) => boolean;

/** The entries of a folder, one after the other. */
export interface ListedPages {
  /** Number of names in memory: those of all folders in which the listing is. */
  readonly heldNames: number;
  /**
   * The next entry, without consuming it; `null` at the end.
   *
   * @param signal ends the reading of a large folder, and with it the listing
   * @throws {RequestError} if the listed folder cannot be looked up
   */
  peek(signal?: AbortSignal): Promise<ListedEntry | null>;
  /** Consumes the entry that `peek` returned. */
  advance(): void;
  /** What was left out before the entry that `peek` returned, since the last call. */
  takeOmitted(): Omissions;
}

/** The remaining entries of a listing. @param signal see {@link ListedPages.peek} */
export async function* remainingOf(
  listing: ListedPages,
  signal?: AbortSignal,
): AsyncGenerator<ListedEntry> {
  for (let entry = await listing.peek(signal); entry; entry = await listing.peek(signal)) {
    listing.advance();
    yield entry;
  }
}

/** A folder in which a listing is. */
interface Level {
  readonly folder: ListedFolder;
  readonly entries: AsyncGenerator<FoundEntry>;
  /** The path of the entry that the listing continues after or in; `null` if it lists all. */
  readonly first: string | null;
  /** The components below that entry. */
  readonly rest: readonly string[];
}

/**
 * The files and folders below a folder of the store, sorted: the names of each folder by their code
 * units, a folder before its contents. Folders are read lazily. What is there and cannot be
 * requested is left out and counted, except for the programs' own files and what is hidden.
 */
export class Listing implements ListedPages {
  readonly #store: DirectoryStore;
  readonly #recursive: boolean;
  readonly #names: boolean;
  readonly #isVisible: IsVisible;
  readonly #hashesOf: KnownHashes | undefined;
  readonly #reader: FolderReader;
  readonly #entries: AsyncGenerator<ListedEntry>;
  readonly #omitted = new OmittedPaths();
  #peeked: ListedEntry | null = null;
  #signal: AbortSignal | undefined;
  #heldNames = 0;

  /** @param folder as returned by `checkPath`, or `""` for the root */
  constructor(store: DirectoryStore, folder: string, options: ListingOptions) {
    const { recursive, after, names = true, isVisible = () => true } = options;
    this.#store = store;
    this.#names = names;
    this.#recursive = recursive;
    this.#isVisible = isVisible;
    this.#hashesOf = options.hashesOf;
    this.#reader = options.reader ?? readerHere(store);
    this.#entries = this.#start(folder, after);
  }

  /** @inheritdoc */
  get heldNames(): number {
    return this.#heldNames;
  }

  /** @inheritdoc */
  async peek(signal?: AbortSignal): Promise<ListedEntry | null> {
    if (this.#peeked !== null) return this.#peeked;
    this.#signal = signal;
    const { value, done } = await this.#entries.next();
    this.#peeked = done ? null : value;
    return this.#peeked;
  }

  /** @inheritdoc */
  advance(): void {
    this.#peeked = null;
  }

  /** @inheritdoc */
  takeOmitted(): Omissions {
    return this.#omitted.take();
  }

  /** The remaining entries. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ListedEntry> {
    yield* remainingOf(this);
  }

  async *#start(path: string, after: string | null): AsyncGenerator<ListedEntry> {
    const { realPath } = await this.#store.lookUp(path, this.#reader.resolve);
    yield* this.#walk(path, realPath, after === null ? [] : componentsAfter(path, after));
  }

  /** The levels lie in a list: in nested generators, each entry would pass through all of them. */
  async *#walk(
    path: string,
    realPath: string,
    after: readonly string[],
  ): AsyncGenerator<ListedEntry> {
    const levels = [this.#enter(path, realPath, after)];
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const { value: found, done } = await level.entries.next();
      if (done) {
        levels.pop();
        continue;
      }
      const { entry, realPath } = found;
      const isFirst = entry.path === level.first;
      if (!isFirst) yield entry;
      if (!this.#recursive || entry.link === true || entry.type === "file") continue;
      levels.push(this.#enter(entry.path, realPath, isFirst ? level.rest : []));
    }
  }

  #enter(path: string, realPath: string, [first, ...rest]: readonly string[]): Level {
    const folder = { path, realPath, names: this.#names };
    return {
      folder,
      entries: this.#entriesOf(folder, first ?? null),
      first: first === undefined ? null : pathIn(folder.path, first),
      rest,
    };
  }

  /** The entries of a folder, sorted, from the name `first` on. */
  async *#entriesOf(folder: ListedFolder, first: string | null): AsyncGenerator<FoundEntry> {
    const names = await this.#namesIn(folder, first);
    this.#heldNames += names.length;
    try {
      const ahead: Promise<Inspected[]>[] = [];
      for (let at = 0, next = 0; at < names.length; at += ENTRIES_PER_CALL) {
        // While some are told, others are looked at
        for (; next < names.length && ahead.length < CALLS_AHEAD; next += ENTRIES_PER_CALL) {
          ahead.push(this.#inspect(folder, names, next));
        }
        const inspected = await ahead.shift() ?? [];
        const all = inspected.map((each, i) => toFound(folder, names[at + i]?.name ?? "", each));
        for (const [i, found] of this.#withHashes(all).entries()) {
          const place = folderPrefix(folder.realPath) + (names[at + i]?.name ?? "");
          if (found !== null && "reason" in found) this.#omit(found, place);
          else if (found !== null && this.#mayList(found, place)) yield found;
        }
      }
    } finally {
      this.#heldNames -= names.length;
    }
  }

  #withHashes(all: readonly Found[]): readonly Found[] {
    if (this.#hashesOf === undefined) return all;
    const hashes = this.#hashesOf(all.filter(isFile)).values();
    return all.map((found) => {
      const sha256 = isFile(found) ? hashes.next().value : null;
      return isFile(found) && sha256 ? { ...found, entry: { ...found.entry, sha256 } } : found;
    });
  }

  #inspect(folder: ListedFolder, names: readonly FoundName[], at: number): Promise<Inspected[]> {
    const inspected = this.#reader.inspect(folder, names.slice(at, at + ENTRIES_PER_CALL));
    inspected.catch(() => {}); // Thrown when their turn comes, if it does
    return inspected;
  }

  /** @param place the real path of the entry itself */
  #mayList({ entry: { path, type, link }, realPath }: FoundEntry, place: string): boolean {
    return this.#maySee(path, type, realPath) && (!link || this.#maySee(path, type, place));
  }

  #maySee(path: string, type: EntryType, realPath: string): boolean {
    if (!this.#isVisible(path, type)) return false;
    if (realPath === folderPrefix(this.#store.root) + path) return true; // In the usual case
    const truePath = pathBelow(this.#store.root, realPath);
    return truePath === path || this.#isVisible(truePath, type);
  }

  /** @param realPath of what is left out */
  #omit(omitted: OmittedPath, realPath: string): void {
    if (this.#maySee(omitted.path.normalize("NFC"), "file", realPath)) this.#omitted.add(omitted);
  }

  /** The names in a folder, sorted, from `first` on, without those of the programs' own. */
  async #namesIn(folder: ListedFolder, first: string | null): Promise<FoundName[]> {
    try {
      return await this.#reader.readNames(folder.realPath, first, this.#signal);
    } catch (error) {
      this.#signal?.throwIfAborted();
      const reason = reasonOf(error);
      if (reason !== null) this.#omit({ path: folder.path, reason }, folder.realPath);
      return [];
    }
  }
}

function readerHere(store: DirectoryStore): FolderReader {
  const resolver = new PathResolver();
  return {
    resolve: store.resolve,
    readNames: async (realPath, first) => await readNames(realPath, first),
    inspect: async (folder, names) => await inspectNames(resolver, store.folder, folder, names),
  };
}

/** The components of `after` below `folder`; none if it is elsewhere: nothing is skipped then. */
export function componentsAfter(folder: string, after: string): readonly string[] {
  const normal = normalizePath(after);
  if (folder === "") return normal.split("/");
  return normal.startsWith(`${folder}/`) ? normal.slice(folder.length + 1).split("/") : [];
}
