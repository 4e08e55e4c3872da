import { basename, join, resolve, SEPARATOR } from "@std/path";
import type { OmissionReason } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { checkPath, isPrivateName, pathIn } from "../protocol/path.ts";
import { asDiskError } from "./disk_error.ts";
import { exists } from "./exists.ts";
import { resolveReal } from "./own_files.ts";
import { isMarkedFolder, isOwnName, isStateFile } from "./own_marks.ts";
import {
  foldersBetween,
  isAtOrBelow,
  isOwnEntry,
  isOwnPath,
  type OwnPlaces,
} from "./served_folder.ts";

/** A local file or folder to upload, and its destination. */
export interface LocalItem {
  /** Path on this machine. */
  readonly path: string;
  /** Path on the server. */
  readonly remotePath: string;
  readonly type: "file" | "folder";
  /** Bytes; 0 for a folder. */
  readonly sizeBytes: number;
}

/** An entry that cannot be uploaded. */
export interface UnsendableItem {
  readonly path: string;
  readonly remotePath: string;
  readonly type: "unsendable";
  /** The reason: a `RequestError` or a `DiskError`. */
  readonly error: unknown;
}

/** An entry that is left out by the rule of `walkLocal`. */
export interface OmittedItem {
  readonly path: string;
  readonly remotePath: string;
  readonly type: "omitted";
  readonly reason: OmissionReason;
}

/** What {@link walkLocal} finds. */
export type FoundItem = LocalItem | UnsendableItem | OmittedItem;

/** What holds for all entries of a walk. */
interface Walk {
  /** The real path of the folder that links must not leave. */
  readonly top: string;
  readonly own: OwnPlaces;
}

/**
 * A file, or a folder and its contents, sorted, in the order of upload. Links to files are
 * followed where they stay in the folder, links to folders only at `path` itself. What leads
 * elsewhere, what is the programs' own, and other kinds of entries are omitted; at `path`, such an
 * entry is unsendable.
 *
 * @param remoteFolder the folder on the server: a checked path, or `""` for the root
 */
export async function* walkLocal(
  path: string,
  remoteFolder: string,
  own: OwnPlaces,
): AsyncGenerator<FoundItem> {
  const name = basename(resolve(path)).normalize("NFC");
  const remotePath = pathIn(remoteFolder, name);
  const top = await resolveReal(path);
  const item = isOwnPath(own, top) || isOwnName("", top) || isStateFile(top)
    ? { path, remotePath, type: "omitted", reason: "own" } as const
    : inspect(path, remotePath, own);
  if (item.type !== "omitted") yield* walk(item, { top, own });
  else yield { path, remotePath, type: "unsendable", error: refusalOf(item) };
}

function refusalOf({ reason }: OmittedItem): RequestError {
  if (reason !== "own") return new RequestError("not-a-file");
  return new RequestError("bad-path", undefined, { reason: "path-reserved" });
}

/** The folders under way lie in a list: in nested generators, each item would pass through all. */
async function* walk(first: FoundItem, options: Walk): AsyncGenerator<FoundItem> {
  const levels: Iterator<FoundItem>[] = [[first].values()];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const { value: item, done } = level.next();
    if (done) {
      levels.pop();
      continue;
    }
    yield item;
    if (item.type !== "folder") continue;
    try {
      levels.push(itemsIn(item, await Array.fromAsync(Deno.readDir(item.path)), options));
    } catch (error) {
      yield { ...item, type: "unsendable", error: asDiskError(error, item.path, "read") };
    }
  }
}

/** Inspects each entry when it is asked for. */
function* itemsIn(
  { path: folder, remotePath }: LocalItem,
  entries: Deno.DirEntry[],
  options: Walk,
): Generator<FoundItem, undefined> {
  for (const { name, isSymlink } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(folder, name);
    const childPath = `${remotePath}/${name.normalize("NFC")}`;
    const reason = nameRefusal(path, name) ??
      (isSymlink ? linkRefusal(path, options) : null);
    if (reason === null) yield inspect(path, childPath, options.own);
    else yield { path, remotePath: childPath, type: "omitted", reason };
  }
}

/** Why a link is not followed; `null` if it leads to a file in the folder `top`. */
function linkRefusal(path: string, { top, own }: Walk): OmissionReason | null {
  try {
    const realPath = Deno.realPathSync(path);
    if (!isAtOrBelow(top, realPath)) return "link";
    if (isOwnPath(own, realPath) || isBelowOwn(top, realPath)) return "own";
    const info = Deno.lstatSync(realPath);
    if (info.isDirectory) return "folder-link";
    return info.isFile ? null : "link";
  } catch {
    return "link";
  }
}

/** Whether a real path leads to, or through, what is of some programs' own below `top`. */
function isBelowOwn(top: string, realPath: string): boolean {
  const hasPrivateName = realPath.slice(top.length).split(SEPARATOR).some(isPrivateName);
  if (hasPrivateName || isOwnName("", realPath)) return true;
  return [realPath, ...foldersBetween(top, realPath)].some(isMarkedFolder);
}

/** A name that is not UTF-8 is reported with U+FFFD, under which it is not found. */
function nameRefusal(path: string, name: string): OmissionReason | null {
  if (isPrivateName(name) || isOwnName("", resolve(path))) return "own";
  return name.includes("\ufffd") && !exists(path) ? "unicode" : null;
}

/**
 * Omits an entry that is neither file nor folder, or one of the programs' own. A synchronous `stat` costs a tenth of the time,
 * and a tree may have tens of thousands of files.
 */
function inspect(path: string, remotePath: string, own: OwnPlaces): FoundItem {
  try {
    checkPath(remotePath);
    const info = Deno.statSync(path);
    if (isOwnEntry(own, path, info)) return { path, remotePath, type: "omitted", reason: "own" };
    if (info.isFile) return { path, remotePath, type: "file", sizeBytes: info.size };
    if (info.isDirectory) return { path, remotePath, type: "folder", sizeBytes: 0 };
    return { path, remotePath, type: "omitted", reason: "special" };
  } catch (error) {
    const reason = error instanceof RequestError ? error : asDiskError(error, path, "read");
    return { path, remotePath, type: "unsendable", error: reason };
  }
}

/** The names in a local folder, sorted, folders with a final `/`; none if it cannot be read. */
export async function listLocalFolder(path: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(path));
    return entries.map(({ name, isDirectory }) => isDirectory ? `${name}/` : name).sort();
  } catch {
    return [];
  }
}
