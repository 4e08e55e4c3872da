import { globToRegExp } from "@std/path";
import { toLocalPath } from "../files/local_name.ts";
import type { ListedEntry, Omissions } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { checkPath, lastComponent } from "../protocol/path.ts";
import type { Client } from "./client.ts";

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
}

/** Called with what a search leaves out. */
export type OmissionListener = (omitted: Omissions) => void;

/** Codes of a failed LIST that do not rule out that FGET works. */
const UNLISTABLE: ReadonlySet<string> = new Set(["not-a-file", "denied", "unsupported"]);

/**
 * Finds the files and folders that a path or a pattern on a server stands for, folders with all that
 * is in them. `*` and `?` match within a name, and so themselves, `**` any number of folders; `[…]`
 * and `{…}` are a pattern only if no path of that very name exists. Links to folders are followed
 * only where the text names them.
 *
 * @param onOmitted called with what is there and cannot be fetched, or is a link to a folder
 * @throws {RequestError} `not-found` when nothing matches, `bad-path`
 */
export async function findRemote(
  client: Client,
  text: string,
  onOmitted: OmissionListener = () => {},
): Promise<RemoteItem[]> {
  const pattern = text.trim().replace(/\/+$/, "").normalize("NFC");
  if (!/[*?]/.test(pattern)) {
    const items = await findLiteral(client, checkPath(pattern), onOmitted).catch(notFoundAsNull);
    if (items !== null) return items;
    if (!/[[{]/.test(pattern)) throw new RequestError("not-found");
  }
  const items = await findMatches(client, pattern, onOmitted);
  if (items.length === 0) throw new RequestError("not-found");
  return items;
}

async function findLiteral(
  client: Client,
  path: string,
  onOmitted: OmissionListener,
): Promise<RemoteItem[]> {
  const prefix = path.slice(0, path.length - lastComponent(path).length);
  try {
    const entries = await Array.fromAsync(listAll(client, path, onOmitted));
    const [first] = entries;
    if (first?.path === path) return [itemOf(first, prefix)];
    const folder = { path, type: "folder", size: 0, mtime: 0 } as const;
    return [
      { ...itemOf(folder, prefix), modifiedMs: await folderTime(client, path) },
      ...entries.map((entry) => itemOf(entry, prefix)),
    ];
  } catch (error) {
    if (!(error instanceof RequestError) || !UNLISTABLE.has(error.code)) throw error;
    const localPath = toLocalPath(lastComponent(path));
    return [{ path, localPath, type: "file", sizeBytes: null, modifiedMs: null }];
  }
}

async function folderTime(client: Client, path: string): Promise<number | null> {
  try {
    return (await client.stat(path)).mtime;
  } catch (error) {
    if (error instanceof RequestError) return null;
    throw error;
  }
}

/** All that is below a path, without links to folders. */
async function* listAll(
  client: Client,
  path: string,
  onOmitted: OmissionListener,
): AsyncGenerator<ListedEntry> {
  for await (const entry of client.list(path, { recursive: true, onOmitted })) {
    if (isFolderLink(entry)) onOmitted(folderLink(entry));
    else yield entry;
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
  onOmitted: OmissionListener,
): Promise<RemoteItem[]> {
  const components = pattern.split("/");
  const fixed = components.findIndex((component) => /[*?[{]/.test(component));
  const base = components.slice(0, fixed).join("/");
  const prefix = fixed === 0 ? "" : `${checkPath(base)}/`;
  const items = new Map<string, RemoteItem>();
  for await (const entry of match(client, base, components.slice(fixed), onOmitted)) {
    // A folder that matched before has brought it already
    if (items.has(entry.path)) continue;
    items.set(entry.path, itemOf(entry, prefix));
    if (entry.type === "file") continue;
    for await (const inside of listAll(client, entry.path, onOmitted)) {
      items.set(inside.path, itemOf(inside, prefix));
    }
  }
  return [...items.values()];
}

/** The entries of a folder that match a pattern, given by its components. */
async function* match(
  client: Client,
  folder: string,
  components: readonly string[],
  onOmitted: OmissionListener,
): AsyncGenerator<ListedEntry> {
  const [first = "", ...rest] = components;
  const isDeep = first.includes("**");
  const wanted = globToRegExp(isDeep ? components.join("/") : first, { extended: false });
  const start = folder === "" ? 0 : folder.length + 1;
  const isWanted = (path: string) => path.length > start && wanted.test(path.slice(start));
  const tellWanted = ({ count, paths }: Omissions) => {
    // What is in a folder that cannot be read might have matched
    const named = paths.filter(({ path, reason }) => reason === "denied" || isWanted(path));
    const unnamed = count - paths.length;
    if (named.length + unnamed > 0) onOmitted({ count: named.length + unnamed, paths: named });
  };
  for await (const entry of client.list(folder, { recursive: isDeep, onOmitted: tellWanted })) {
    if (!isWanted(entry.path)) continue;
    if (isFolderLink(entry)) onOmitted(folderLink(entry));
    else if (isDeep || rest.length === 0) yield entry;
    else if (entry.type === "folder") yield* match(client, entry.path, rest, onOmitted);
  }
}

function itemOf({ path, type, size, mtime }: ListedEntry, prefix: string): RemoteItem {
  return {
    path,
    localPath: toLocalPath(path.slice(prefix.length)),
    type,
    sizeBytes: type === "file" ? size : 0,
    modifiedMs: mtime,
  };
}

function notFoundAsNull(error: unknown): null {
  if (error instanceof RequestError && error.code === "not-found") return null;
  throw error;
}
