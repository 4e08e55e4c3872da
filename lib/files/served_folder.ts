import { SEPARATOR } from "./path.ts";
import { checkPortable, isPrivateName } from "../protocol/path.ts";
import { isMarkedFolder, isOwnName } from "./own_marks.ts";
import type { ServedRoot } from "./served_root.ts";

/** What belongs to the programs themselves. Can be sent to a worker. */
export interface OwnPlaces {
  /** Real paths of the programs' own files and folders, wherever they are. */
  readonly ownPaths: readonly string[];
  /** The folders among them, by {@link identityOf}: they stay known after they have moved. */
  readonly ownFolders: ReadonlySet<string>;
  /** The files among them and in these folders: their real paths, by {@link identityOf}. */
  readonly ownFiles: ReadonlyMap<string, string>;
}

const NAMED_LIKE_OWN = /tcp-chat/i;

/** A served folder, and what in it belongs to the programs themselves. Can be sent to a worker. */
export interface ServedFolder extends OwnPlaces {
  /** The real path of the folder, absolute. */
  readonly root: string;
  /** The same folder, to tell it from another one at its path. */
  readonly servedRoot: ServedRoot;
}

/**
 * Identifies a file or folder whatever path leads to it: a link, a mount, another spelling, a new
 * place. `null` if the system does not report it.
 */
export function identityOf({ dev, ino }: Deno.FileInfo): string | null {
  return ino === null ? null : `${dev}:${ino}`;
}

/** Identifies a folder; that of a deleted folder may come again, but not with its time of making. */
export function folderIdentity(info: Deno.FileInfo): string | null {
  const identity = identityOf(info);
  return identity === null ? null : `${identity}:${info.birthtime?.getTime() ?? 0}`;
}

/** Whether a name may be one that {@link isOwnName} or `isPrivateName` looks for, of what is in a folder that is not. */
export function mayBeOwn(name: string): boolean {
  return NAMED_LIKE_OWN.test(name);
}

/** Whether a file or folder is one of the programs' own. */
export function isOwn({ ownFolders, ownFiles }: OwnPlaces, info: Deno.FileInfo): boolean {
  if (ownFolders.size === 0 && ownFiles.size === 0) return false;
  const identity = identityOf(info);
  if (identity === null) return false;
  if (ownFolders.has(identity)) return true;
  const path = ownFiles.get(identity);
  return path !== undefined && hasIdentity(path, identity);
}

/** Whether an entry is one of the programs' own, of any server or user. @param path its real path */
export function isOwnEntry(own: OwnPlaces, path: string, info: Deno.FileInfo): boolean {
  return isOwn(own, info) || (info.isDirectory && isMarkedFolder(path));
}

/** Whether a real path is one of the programs' own, or below one. */
export function isOwnPath({ ownPaths }: OwnPlaces, realPath: string): boolean {
  return ownPaths.some((own) => isAtOrBelow(own, realPath));
}

/** The system gives the identity of a deleted file to the next new one: a hit is looked at again. */
function hasIdentity(path: string, identity: string): boolean {
  try {
    return identityOf(Deno.lstatSync(path)) === identity;
  } catch {
    return false; // It is gone
  }
}

/** Whether a real path is the root or below it, and by its name nothing of the programs' own. */
export function isInside({ root, ownPaths }: ServedFolder, realPath: string): boolean {
  if (realPath === root) return true;
  const prefix = folderPrefix(root);
  if (!realPath.startsWith(prefix)) return false;
  if (ownPaths.some((own) => isAtOrBelow(own, realPath) && !isAtOrBelow(own, root))) return false;
  if (isOwnName(root, realPath)) return false;
  return !realPath.slice(prefix.length).split(SEPARATOR).some(isPrivateName);
}

/** {@link isInside} for an entry of a folder that is: only its own name counts. */
export function isEntryInside(served: ServedFolder, realPath: string): boolean {
  const name = realPath.slice(realPath.lastIndexOf(SEPARATOR) + 1);
  if (mayBeOwn(name)) return isInside(served, realPath);
  return !served.ownPaths.includes(realPath);
}

/**
 * Checks that this system can store a path that `checkPath` returned: on Windows, a name that it
 * cannot store would be that of something else.
 *
 * @throws {RequestError} `bad-path`
 */
export function checkStorable(path: string, system: string = Deno.build.os): void {
  if (system === "windows" && path !== "") checkPortable(path);
}

/** The path that names a real path inside the root directly, as peers write it, in NFC. */
export function pathBelow(root: string, realPath: string): string {
  if (realPath === root) return "";
  const path = realPath.slice(folderPrefix(root).length);
  return (SEPARATOR === "/" ? path : path.replaceAll(SEPARATOR, "/")).normalize("NFC");
}

/** Whether a real path is `folder` or below it. */
export function isAtOrBelow(folder: string, realPath: string): boolean {
  return realPath === folder || realPath.startsWith(folderPrefix(folder));
}

/** The folders on the way from `root` to `realPath`, neither included, the deepest first. */
export function foldersBetween(root: string, realPath: string): string[] {
  const start = folderPrefix(root).length;
  const folders: string[] = [];
  let end = realPath.lastIndexOf(SEPARATOR);
  for (; end >= start; end = realPath.lastIndexOf(SEPARATOR, end - 1)) {
    folders.push(realPath.slice(0, end));
  }
  return folders;
}

/** The prefix of all paths below an absolute folder. */
export function folderPrefix(folder: string): string {
  return folder.endsWith(SEPARATOR) ? folder : folder + SEPARATOR;
}
