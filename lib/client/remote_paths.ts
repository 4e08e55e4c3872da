import { isPattern } from "../protocol/is_pattern.ts";
import { globToRegExp } from "@std/path/posix/glob_to_regexp.js";
import { ExcludeRules } from "../files/exclude_rules.ts";
import { toLocalPath } from "../files/local_name.ts";
import type { ListedEntry } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { checkPath, lastComponent } from "../protocol/path.ts";
import type { Client } from "./client.ts";
import { folderLink, isFolderLink, RemoteSearch, type SearchOptions } from "./remote_search.ts";
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
  /** The SHA-256 in hex that the server has told in its listing. */
  readonly listedSha256?: string;
}

/** Options of {@link findRemote}. */
export interface FindOptions extends SearchOptions {
  /** Called with each file and folder below what is asked for, while the search goes on. */
  readonly onItem?: ((item: RemoteItem) => void) | undefined;
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
  if (!isPattern(pattern)) {
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
  const entry = isPattern(pattern) ? null : await findEntry(client, checkPath(pattern));
  if (entry !== null && (entry.type !== null || !/[[{]/.test(pattern))) return [entry];
  const entries = new Map<string, NamedEntry>();
  const { base, components } = splitPattern(pattern);
  const search = new RemoteSearch(client, base, options);
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
    const search = new RemoteSearch(client, path, options);
    const items: RemoteItem[] = [];
    for await (const entry of search.listAll(path)) {
      const item = itemOf(entry, prefix);
      items.push(item);
      options.onItem?.(item);
    }
    if (items[0]?.path === path) return items;
    const folder = { path, type: "folder", size: 0, mtime: 0 } as const;
    const modifiedMs = search.folderMs ?? await folderTime(client, path);
    return [{ ...itemOf(folder, prefix), modifiedMs }, ...items];
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
  const search = new RemoteSearch(client, base, { ...options, onExcluded });
  const add = (entry: ListedEntry) => {
    const item = itemOf(entry, prefix);
    if (!items.has(item.path)) options.onItem?.(item);
    items.set(item.path, item);
  };
  for await (const entry of match(search, base, components)) {
    // A folder that matched before has brought it already
    if (items.has(entry.path)) continue;
    add(entry);
    if (entry.type === "file") continue;
    for await (const inside of search.listAll(entry.path)) add(inside);
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
  search: RemoteSearch,
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

function itemOf(
  { path, type, size, mtime, exec, sha256 }: ListedEntry,
  prefix: string,
): RemoteItem {
  return {
    path,
    localPath: toLocalPath(path.slice(prefix.length)),
    type,
    sizeBytes: type === "file" ? size : 0,
    modifiedMs: mtime,
    ...(exec && { exec }),
    ...(sha256 !== undefined && { listedSha256: sha256 }),
  };
}

function notFoundAsNull(error: unknown): null {
  if (error instanceof RequestError && error.code === "not-found") return null;
  throw error;
}
