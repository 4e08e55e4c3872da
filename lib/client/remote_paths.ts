import { globToRegExp } from "@std/path/posix/glob_to_regexp.js";
import { ExcludeRules } from "../files/exclude_rules.ts";
import { toLocalPath } from "../files/local_name.ts";
import type { ListedEntry, Omissions } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { checkPath, lastComponent } from "../protocol/path.ts";
import type { Client } from "./client.ts";
import { splitPattern } from "./split_pattern.ts";

/** A file or folder on the server, and its path below the local folder. */
export interface RemoteItem {
  readonly path: string;
  /**
   * With `/`: the last component of the requested path, and everything below. Names that this
   * system cannot store are changed.
   */
  readonly localPath: string;
  readonly type: "file" | "folder";
  /** Bytes; `null` if the server does not tell. */
  readonly sizeBytes: number | null;
  /** Milliseconds since 1970; `null` if the server does not tell. */
  readonly modifiedMs: number | null;
  /** Whether its owner may execute it; absent where not, or the server does not tell. */
  readonly exec?: boolean;
  /** The only content to accept, in hex. Default: any. */
  readonly sha256?: string;
}

/** Called with what a search leaves out. */
export type OmissionListener = (omitted: Omissions) => void;

/** Options of {@link findRemote}. */
export interface FindOptions {
  /** Called with what is there and cannot be fetched, or is a link to a folder. */
  readonly onOmitted?: OmissionListener | undefined;
  /** Patterns of what is left out: see {@link ExcludeOptions.exclude}. Default: none. */
  readonly exclude?: readonly string[] | undefined;
  /** Called with what these leave out: a folder without what is in it. */
  readonly onExcluded?: ((entry: ListedEntry) => void) | undefined;
}

/** Codes of a failed LIST that tell nothing about what is there: FGET and FPUT may work. */
export const UNLISTABLE: ReadonlySet<string> = new Set(["not-a-file", "denied", "unsupported"]);

/**
 * Finds the files and folders that a path or a pattern on a server stands for, folders with all that
 * is in them. `*` and `?` match within a name, and so themselves, `**` any number of folders; `[…]`
 * and `{…}` are a pattern only if no path of that very name exists. Links to folders are followed
 * only where the text names them.
 *
 * @throws {RequestError} `not-found` when nothing matches, `bad-path`
 */
export async function findRemote(
  client: Client,
  text: string,
  options: FindOptions = {},
): Promise<RemoteItem[]> {
  const pattern = text.trim().replace(/\/+$/, "").normalize("NFC");
  if (!/[*?]/.test(pattern)) {
    const items = await findTree(client, checkPath(pattern), options).catch(notFoundAsNull);
    if (items !== null) return items;
    if (!/[[{]/.test(pattern)) throw new RequestError("not-found");
  }
  return await findMatches(client, pattern, options);
}

/** A path on a server, and what is there; `null` where the server does not list it. */
export interface NamedEntry {
  readonly path: string;
  readonly type: "file" | "folder" | null;
}

/**
 * Finds what a path or a pattern stands for by itself, as {@link findRemote} without what is in folders.
 * Links to folders are among it.
 *
 * @throws {RequestError} `not-found` when nothing matches, `bad-path`
 */
export async function findEntries(
  client: Client,
  text: string,
  options: Pick<FindOptions, "onOmitted"> = {},
): Promise<NamedEntry[]> {
  const pattern = text.trim().replace(/\/+$/, "").normalize("NFC");
  const entry = /[*?]/.test(pattern) ? null : await findEntry(client, checkPath(pattern));
  if (entry !== null && (entry.type !== null || !/[[{]/.test(pattern))) return [entry];
  const entries = new Map<string, NamedEntry>();
  const { base, components } = splitPattern(pattern);
  const search = new Search(client, base, options);
  for await (const { path, type } of match(search, base, components, true)) {
    entries.set(path, { path, type });
  }
  if (entries.size === 0) throw new RequestError("not-found");
  return [...entries.values()];
}

/** What is at a path: a folder if the server lists it as one. */
export async function findEntry(client: Client, path: string): Promise<NamedEntry> {
  try {
    const { value: first } = await client.list(path).next();
    return { path, type: first?.path === path ? "file" : "folder" };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { path, type: null };
  }
}

/** A search below a folder, and what it leaves out on request. */
class Search {
  readonly #client: Client;
  readonly #options: FindOptions;
  readonly #rules: ExcludeRules;
  /** Characters of the paths before what the rules see. */
  readonly #start: number;
  /** The time of the folder that was listed last; `null` if the server does not tell it. */
  folderMs: number | null = null;

  /** @param base the folder that the patterns are seen from; `""` for the root */
  constructor(client: Client, base: string, options: FindOptions) {
    this.#client = client;
    this.#options = options;
    this.#rules = ExcludeRules.of(options.exclude ?? []);
    this.#start = base === "" ? 0 : base.length + 1;
  }

  /** Tells what a listing leaves out. */
  omit({ count, paths }: Omissions): void {
    const told = paths.filter(({ path }) => !this.#excludes(path, false));
    const omitted = { count: count - paths.length + told.length, paths: told };
    if (omitted.count > 0) this.#options.onOmitted?.(omitted);
  }

  /** All that is below a path, without links to folders and what is in them. */
  async *listAll(path: string): AsyncGenerator<ListedEntry> {
    for await (const entry of this.list(path, true)) {
      if (isFolderLink(entry)) this.omit(folderLink(entry));
      else yield entry;
    }
  }

  /** The entries of a listing. @param isWanted what is left out is told only of such paths */
  async *list(
    path: string,
    recursive: boolean,
    isWanted: (path: string) => boolean = () => true,
  ): AsyncGenerator<ListedEntry> {
    const descend = (folder: string) => !this.#excludes(folder, true);
    const isDescending = (this.#options.exclude ?? []).length > 0 ? { descend } : {};
    const onFolderTime = (modifiedMs: number) => this.folderMs = modifiedMs;
    const onOmitted = ({ count, paths }: Omissions) => {
      // What is in a folder that cannot be read might have matched
      const told = paths.filter(({ path, reason }) => reason === "denied" || isWanted(path));
      this.omit({ count: count - paths.length + told.length, paths: told });
    };
    const options = { recursive, ...isDescending, onOmitted, onFolderTime };
    for await (const entry of this.#client.list(path, options)) {
      if (!this.#excludes(entry.path, entry.type === "folder")) yield entry;
      else if (isWanted(entry.path)) this.#options.onExcluded?.(entry);
    }
  }

  #excludes(path: string, isFolder: boolean): boolean {
    return path.length > this.#start && this.#rules.excludes(path.slice(this.#start), isFolder);
  }
}

/**
 * A file, or a folder with all that is in it, the folder first. Links to folders are followed only at the
 * path itself.
 *
 * @param path checked; `""` for the root
 * @throws {RequestError} `not-found`
 */
export async function findTree(
  client: Client,
  path: string,
  options: FindOptions = {},
): Promise<RemoteItem[]> {
  const prefix = path.slice(0, path.length - lastComponent(path).length);
  try {
    if (await isNamedExcluded(client, path, options)) return [];
    const search = new Search(client, path, options);
    const entries = await Array.fromAsync(search.listAll(path));
    const [first] = entries;
    if (first?.path === path) return [itemOf(first, prefix)];
    const folder = { path, type: "folder", size: 0, mtime: 0 } as const;
    return [
      { ...itemOf(folder, prefix), modifiedMs: search.folderMs ?? await folderTime(client, path) },
      ...entries.map((entry) => itemOf(entry, prefix)),
    ];
  } catch (error) {
    if (!(error instanceof RequestError) || !UNLISTABLE.has(error.code)) throw error;
    const localPath = toLocalPath(lastComponent(path));
    return [{ path, localPath, type: "file", sizeBytes: null, modifiedMs: null }];
  }
}

/** Whether the path of a request is itself left out, by its name. @throws {RequestError} as LIST does */
async function isNamedExcluded(
  client: Client,
  path: string,
  { exclude = [], onExcluded }: FindOptions,
): Promise<boolean> {
  const rules = ExcludeRules.of(exclude);
  const name = lastComponent(path);
  if (!rules.excludes(name, true)) return false;
  const { value: first } = await client.list(path).next();
  const type = first?.path === path ? "file" : "folder";
  if (!rules.excludes(name, type === "folder")) return false;
  onExcluded?.({ path, type, size: first?.path === path ? first.size : 0, mtime: 0 });
  return true;
}

async function folderTime(client: Client, path: string): Promise<number | null> {
  try {
    return (await client.stat(path)).mtime;
  } catch (error) {
    if (error instanceof RequestError) return null;
    throw error;
  }
}

function isFolderLink({ type, link }: ListedEntry): boolean {
  return type === "folder" && link === true;
}

function folderLink({ path }: ListedEntry): Omissions {
  return { count: 1, paths: [{ path, reason: "folder-link" }] };
}

async function findMatches(
  client: Client,
  pattern: string,
  options: FindOptions,
): Promise<RemoteItem[]> {
  const { base, components } = splitPattern(pattern);
  const prefix = base === "" ? "" : `${base}/`;
  const items = new Map<string, RemoteItem>();
  let isExcluded = false;
  const onExcluded = (entry: ListedEntry) => {
    isExcluded = true;
    options.onExcluded?.(entry);
  };
  const search = new Search(client, base, { ...options, onExcluded });
  for await (const entry of match(search, base, components)) {
    // A folder that matched before has brought it already
    if (items.has(entry.path)) continue;
    items.set(entry.path, itemOf(entry, prefix));
    if (entry.type === "file") continue;
    for await (const inside of search.listAll(entry.path)) {
      items.set(inside.path, itemOf(inside, prefix));
    }
  }
  if (items.size === 0 && !isExcluded) throw new RequestError("not-found");
  return [...items.values()];
}

/**
 * The entries of a folder that match a pattern, given by its components.
 *
 * @param takesLinks whether links to folders are among them
 */
async function* match(
  search: Search,
  folder: string,
  components: readonly string[],
  takesLinks = false,
): AsyncGenerator<ListedEntry> {
  const [first = "", ...rest] = components;
  const isDeep = first.includes("**");
  const wanted = globToRegExp(isDeep ? components.join("/") : first, { extended: false });
  const start = folder === "" ? 0 : folder.length + 1;
  const isWanted = (path: string) => path.length > start && wanted.test(path.slice(start));
  for await (const entry of search.list(folder, isDeep, isWanted)) {
    if (!isWanted(entry.path)) continue;
    const isFound = isDeep || rest.length === 0;
    if (isFolderLink(entry) && !(takesLinks && isFound)) search.omit(folderLink(entry));
    else if (isFound) yield entry;
    else if (entry.type === "folder") yield* match(search, entry.path, rest, takesLinks);
  }
}

function itemOf({ path, type, size, mtime, exec }: ListedEntry, prefix: string): RemoteItem {
  return {
    path,
    localPath: toLocalPath(path.slice(prefix.length)),
    type,
    sizeBytes: type === "file" ? size : 0,
    modifiedMs: mtime,
    ...(exec && { exec }),
  };
}

function notFoundAsNull(error: unknown): null {
  if (error instanceof RequestError && error.code === "not-found") return null;
  throw error;
}
