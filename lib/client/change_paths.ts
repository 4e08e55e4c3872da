import { KeyedMutex } from "../async/keyed_mutex.ts";
import type { ListedEntry, RemovedPath } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import {
  checkPath,
  foldersAbove,
  lastComponent,
  parentOf,
  pathIn,
  pathKey,
} from "../protocol/path.ts";
import { alreadyMade } from "./already_made.ts";
import type { Client } from "./client.ts";
import { MadePaths } from "./made_paths.ts";
import { findEntries, findEntry, type NamedEntry } from "./remote_paths.ts";
import type { OmissionListener } from "./remote_search.ts";

/** Requests under way at once: a long way costs each of them its time. */
const AT_ONCE = 16;

/** A file or folder on a server, and the path that it is to have. */
export interface PlannedMove {
  readonly path: string;
  readonly to: string;
}

/** A request for each of several paths, and what came of it. */
export type Outcome<T, R> =
  | { readonly item: T; readonly result: R }
  | { readonly item: T; readonly error: unknown };

/** Called with what is not found. */
export interface EntriesListener {
  /** A path or a pattern stands for nothing. */
  readonly onError: (text: string, error: RequestError) => void;
  /** What a pattern matches and no request can name. */
  readonly onOmitted: OmissionListener;
}

/** What several paths and patterns stand for, each entry once; what matches nothing fails by itself. */
export async function findAllEntries(
  client: Client,
  texts: readonly string[],
  { onError, onOmitted }: EntriesListener,
): Promise<NamedEntry[]> {
  const entries = new Map<string, NamedEntry>();
  for (const text of texts) {
    try {
      for (const entry of await findEntries(client, text, { onOmitted })) {
        entries.set(entry.path, entry);
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      onError(text, error);
    }
  }
  return [...entries.values()];
}

/** Removes entries, which {@link outermost} has chosen. Yields outcomes in their order. */
export async function* removeEntries(
  client: Client,
  entries: readonly NamedEntry[],
  { recursive, signal }: { readonly recursive: boolean; readonly signal: AbortSignal },
): AsyncGenerator<Outcome<NamedEntry, RemovedPath>> {
  yield* inOrder(entries, (entry) => {
    const isTree = recursive && entry.type === "folder";
    return client.remove(entry.path, { recursive: isTree, signal });
  });
}

/**
 * What is removed with a folder, as far as the client may see it: nothing with a link, which is not followed.
 *
 * @throws {RequestError} as LIST does
 */
export async function* listRemoved(
  client: Client,
  path: string,
  { onOmitted, signal }: Pick<EntriesListener, "onOmitted"> & { readonly signal: AbortSignal },
): AsyncGenerator<ListedEntry> {
  if (await isLink(client, path, signal)) return;
  yield* client.list(path, {
    recursive: true,
    signal,
    onOmitted: ({ count, paths }) => {
      // A link that leads nowhere is removed like any other
      const kept = paths.filter(({ reason }) => reason !== "link");
      onOmitted({ count: count - paths.length + kept.length, paths: kept });
    },
  });
}

/** Whether a path is that of a link, as far as the client may see where it lies. */
async function isLink(client: Client, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    for await (const entry of client.list(parentOf(path), { signal })) {
      if (entry.path === path) return entry.link === true;
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
  }
  return false;
}

/** The entries that lie in no other one. */
export function outermost(entries: readonly NamedEntry[], recursive: boolean): NamedEntry[] {
  if (!recursive) return [...entries];
  const folders = new Set(entries.filter(({ type }) => type === "folder").map(({ path }) => path));
  return entries.filter(({ path }) => !foldersAbove(path).some((folder) => folders.has(folder)));
}

/**
 * The paths that entries are to have: `to`, or below it if that is a folder on the server.
 *
 * @param to `""` for the root
 * @returns `null` if several are to be moved, and `to` is no folder
 * @throws {RequestError} `bad-path`
 */
export async function planMoves(
  client: Client,
  entries: readonly NamedEntry[],
  to: string,
): Promise<PlannedMove[] | null> {
  const text = to.trim().replace(/^(\.?\/)+/, "");
  const place = text === "" || text === "." ? "" : checkPath(text.replace(/\/+$/, ""));
  const isFolder = place === "" || (await findEntry(client, place)).type === "folder";
  if (!isFolder && (entries.length > 1 || text.endsWith("/"))) return null;
  const isItself = entries.length === 1 && entries[0]?.path === place;
  const isInto = isFolder && !isItself;
  return entries.map(({ path }) => ({
    path,
    to: isInto ? pathIn(place, lastComponent(path)) : place,
  }));
}

/**
 * Moves files and folders; the second one to the same place fails, lest it replace the first. Yields outcomes
 * in their order.
 */
export async function* moveEntries(
  client: Client,
  moves: readonly PlannedMove[],
  options: { readonly replace: boolean; readonly signal: AbortSignal },
): AsyncGenerator<Outcome<PlannedMove, void>> {
  const made = new MadePaths();
  const places = new KeyedMutex<string>();
  yield* inOrder(moves, ({ path, to }) =>
    places.run(pathKey(to), async () => {
      if (await made.has(client, to)) throw alreadyMade();
      await client.move(path, to, options);
      made.add(to);
    }));
}

/** Makes folders, and those above them. Yields outcomes in their order: whether each is new. */
export async function* makeFolders(
  client: Client,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Outcome<string, boolean>> {
  const wanted = paths.map((path) => path.trim().replace(/\/+$/, ""));
  // Of folders that lie in each other, each is told of once
  const trees = new KeyedMutex<string>();
  yield* inOrder(wanted, async (path) => {
    const checked = checkPath(path);
    const [top = ""] = pathKey(checked).split("/");
    return await trees.run(top, () => client.makeFolder(checked, { signal }));
  });
}

/** Runs a request for each item, some at once. */
async function* inOrder<T, R>(
  items: readonly T[],
  request: (item: T) => Promise<R>,
): AsyncGenerator<Outcome<T, R>> {
  const begin = (item: T): Promise<Outcome<T, R>> =>
    request(item).then((result) => ({ item, result }), (error) => ({ item, error }));
  for (let at = 0; at < items.length; at += AT_ONCE) {
    yield* await Promise.all(items.slice(at, at + AT_ONCE).map(begin));
  }
}
