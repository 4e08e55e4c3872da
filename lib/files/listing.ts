import { join } from "@std/path";
import type {
  EntryType,
  ListedEntry,
  OmissionReason,
  Omissions,
  OmittedPath,
} from "../protocol/answers.ts";
import { LIMITS } from "../protocol/limits.ts";
import { isAllowedPath, isPortable, normalizePath } from "../protocol/path.ts";
import type { DirectoryStore } from "./directory_store.ts";
import { asRequestError, systemCode } from "./disk_error.ts";
import { type FoundName, type NameReader, readNames, unpackNames } from "./folder_names.ts";
import { pathBelow } from "./served_folder.ts";

/** Entries inspected concurrently: each `lstat` is a round trip to another thread. */
const MAX_CONCURRENT_INSPECTIONS = 64;

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
  /** Default: reads in this isolate. */
  readonly readNames?: NameReader;
}

/**
 * Whether a client may learn of a path. Asked of a link and of what it leads to: both have to be
 * visible.
 */
export type IsVisible = (path: string, type: EntryType) => boolean;

interface Folder {
  /** As clients request it; `""` for the root. */
  readonly path: string;
  readonly realPath: string;
}

interface FoundEntry {
  readonly entry: ListedEntry;
  readonly realPath: string;
}

/**
 * The files and folders below a folder of the store, sorted: the names of each folder by their code
 * units, a folder before its contents. Folders are read lazily. What is there and cannot be
 * requested is left out and counted, except for the programs' own files and what is hidden.
 */
export class Listing {
  readonly #store: DirectoryStore;
  readonly #recursive: boolean;
  readonly #names: boolean;
  readonly #isVisible: IsVisible;
  readonly #readNames: NameReader;
  readonly #entries: AsyncGenerator<ListedEntry>;
  #peeked: ListedEntry | null = null;
  #heldNames = 0;
  #omittedCount = 0;
  #omitted: OmittedPath[] = [];

  /** @param folder as returned by `checkPath`, or `""` for the root */
  constructor(store: DirectoryStore, folder: string, options: ListingOptions) {
    const { recursive, after, names = true, isVisible = () => true } = options;
    this.#store = store;
    this.#names = names;
    this.#recursive = recursive;
    this.#isVisible = isVisible;
    const readHere: NameReader = async (path, first) => await readNames(path, first);
    this.#readNames = options.readNames ?? readHere;
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

  /** What was left out before the entry that `peek` returned, since the last call. */
  takeOmitted(): Omissions {
    const omitted = { count: this.#omittedCount, paths: this.#omitted };
    this.#omittedCount = 0;
    this.#omitted = [];
    return omitted;
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
    for await (const { entry, realPath } of this.#entriesOf(folder, first ?? null)) {
      const isFirst = entry.path === pathIn(folder, first ?? "");
      if (!isFirst) yield entry;
      if (!this.#recursive || entry.link === true || entry.type === "file") continue;
      const inside = isFirst && rest.length > 0 ? rest : null;
      yield* this.#walk({ path: entry.path, realPath }, inside);
    }
  }

  /** The entries of a folder, sorted, from the name `first` on. */
  async *#entriesOf(folder: Folder, first: string | null): AsyncGenerator<FoundEntry> {
    const names = await this.#namesIn(folder, first);
    this.#heldNames += names.length;
    try {
      for (let at = 0; at < names.length; at += MAX_CONCURRENT_INSPECTIONS) {
        const batch = names.slice(at, at + MAX_CONCURRENT_INSPECTIONS);
        const found = await Promise.all(batch.map((name) => this.#inspect(folder, name)));
        for (const each of found) {
          if (each !== null && "reason" in each) this.#omit(each);
          else if (each !== null && this.#mayList(each)) yield each;
        }
      }
    } finally {
      this.#heldNames -= names.length;
    }
  }

  #mayList({ entry: { path, type }, realPath }: FoundEntry): boolean {
    if (!this.#isVisible(path, type)) return false;
    const truePath = pathBelow(this.#store.root, realPath);
    return truePath === path || this.#isVisible(truePath, type);
  }

  #omit({ path, reason }: OmittedPath): void {
    if (!this.#isVisible(path, "file")) return;
    this.#omittedCount++;
    if (this.#omitted.length < LIMITS.omissionsNamed) this.#omitted.push({ path, reason });
  }

  /** The names in a folder, sorted, from `first` on, without those of the programs' own. */
  async #namesIn(folder: Folder, first: string | null): Promise<FoundName[]> {
    try {
      return unpackNames(await this.#readNames(folder.realPath, first));
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== null) this.#omit({ path: folder.path, reason });
      return [];
    }
  }

  /** Why the client cannot request a path; `null` if it can. */
  #refusal(path: string): OmissionReason | null {
    if (!isAllowedPath(path)) return "name";
    return this.#names || isPortable(path.normalize("NFC")) ? null : "name";
  }

  /** `null` if the entry is gone, or one of the programs' own. */
  async #inspect(
    folder: Folder,
    found: FoundName,
  ): Promise<FoundEntry | OmittedPath | null> {
    const { name } = found;
    const path = pathIn(folder, name);
    const reason = found.reason ?? this.#refusal(path);
    const realPath = join(folder.realPath, name);
    try {
      const info = await Deno.lstat(realPath);
      if (reason !== null) return await this.#isOwn(realPath, info) ? null : { path, reason };
      if (info.isSymlink) return await this.#inspectLink(path, realPath);
      if (!info.isFile && !info.isDirectory) return { path, reason: "special" };
      if (await this.#isOwn(realPath, info)) return null;
      return { entry: toListedEntry(path.normalize("NFC"), info), realPath };
    } catch (error) {
      // A name that is not UTF-8 is reported with this character, under which it is not found
      if (isNotFound(error) && name.includes("\ufffd")) return { path, reason: "unicode" };
      const failure = reasonOf(error);
      return failure === null ? null : { path, reason: failure };
    }
  }

  /** A link to a file of the programs' own is like one that leads nowhere. */
  async #inspectLink(path: string, link: string): Promise<FoundEntry | OmittedPath> {
    try {
      const realPath = await Deno.realPath(link);
      const info = this.#store.isInside(realPath) ? await Deno.lstat(realPath) : null;
      const isListed = info !== null && (info.isFile || info.isDirectory);
      if (isListed && await this.#store.mayServe(realPath, info)) {
        const entry = { ...toListedEntry(path.normalize("NFC"), info), link: true };
        return { entry, realPath };
      }
    } catch (error) {
      if (isNotFound(error) || systemCode(error) === "ELOOP") return { path, reason: "link" };
      throw error;
    }
    return { path, reason: "link" };
  }

  async #isOwn(realPath: string, info: Deno.FileInfo): Promise<boolean> {
    return !this.#store.isInside(realPath) || !await this.#store.mayServe(realPath, info);
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

/**
 * Why an entry that cannot be examined is left out; `null` if it is gone.
 *
 * @throws {RequestError} if the listing as a whole cannot be trusted: no descriptors, a broken disk
 */
function reasonOf(error: unknown): OmissionReason | null {
  const { code } = asRequestError(error);
  if (code === "not-found") return null;
  if (code === "denied") return "denied";
  throw asRequestError(error);
}

function isNotFound(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound;
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
