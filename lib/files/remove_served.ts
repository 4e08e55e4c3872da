import { rmdirSync, unlinkSync } from "node:fs";
import type { OmissionReason } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { isAllowedPath, pathIn } from "../protocol/path.ts";
import { asRequestError, systemCode } from "./disk_error.ts";
import { exists } from "./exists.ts";
import type { FoundName } from "./folder_names.ts";
import { checkSameFolderSync, type FoundFolder, syncFolder } from "./folders.ts";
import type { PathResolver } from "./path_resolver.ts";
import { retryBusy } from "./retry_busy.ts";
import {
  folderIdentity,
  folderPrefix,
  isInside,
  isOwnEntry,
  type ServedFolder,
} from "./served_folder.ts";
import { findWorkFolder, removeWorkFolder, workFolderPaths } from "./work_folder.ts";

/** How long one call removes: other calls have their turn between. */
const PIECE_MS = 10;
/** Codes of the system for a folder that is not empty. */
const NOT_EMPTY_CODES = ["ENOTEMPTY", "EEXIST"];

/** A folder below one whose content is removed. */
export interface InnerFolder extends FoundFolder {
  readonly name: string;
}

/** A name in a folder, and whether the client may remove the file or link of this name. */
export interface RemovableName extends FoundName {
  readonly mayRemove: boolean;
}

/** An entry that stays. */
export interface KeptName {
  readonly name: string;
  /** `null` if the client may not remove it. */
  readonly reason: OmissionReason | null;
}

/** What one call of {@link removeNames} has done. */
export interface RemovedNames {
  /** How many of the names it has looked at: time may be up before the last. */
  readonly lookedAt: number;
  /** Files and links that were removed. */
  readonly removed: number;
  /** Folders, which stay: what is in them comes first. */
  readonly folders: readonly InnerFolder[];
  readonly kept: readonly KeptName[];
}

/**
 * Removes a file or a link from a served folder, and makes that durable. Synchronous, for use in a
 * worker.
 *
 * @param realPath as found by {@link PathResolver.resolveEntry}
 * @returns the folder that is there instead, which stays; `null` if the file was removed
 * @throws {RequestError} `not-found`, `denied`, `busy`; `not-a-file` for devices and the like
 */
export function removeEntry(
  resolver: PathResolver,
  served: ServedFolder,
  realPath: string,
): FoundFolder | null {
  const { info, existing, isBlocked } = resolver.resolveEntryAgain(served, realPath);
  if (info === null || isBlocked) throw new RequestError("not-found");
  if (info.isDirectory) return { path: realPath, identity: folderIdentity(info) };
  if (!info.isFile && !info.isSymlink) throw new RequestError("not-a-file");
  try {
    checkSameFolderSync(existing);
    retryBusy(() => unlinkSync(realPath));
    syncFolder(existing.path);
  } catch (error) {
    throw asRequestError(error);
  }
  return null;
}

/**
 * Removes files and links of a folder, as many as time allows. Follows no link, and goes into no folder.
 * Synchronous, for use in a worker.
 *
 * @param folder as found before: nothing is removed from what has taken its place
 * @param path of the folder, as clients request it
 * @throws {RequestError} `busy` if something else has taken the place of the folder
 */
export function removeNames(
  served: ServedFolder,
  folder: FoundFolder,
  path: string,
  names: readonly RemovableName[],
): RemovedNames {
  const endMs = performance.now() + PIECE_MS;
  const folders: InnerFolder[] = [];
  const kept: KeptName[] = [];
  let lookedAt = 0;
  let removed = 0;
  for (const found of names) {
    if (lookedAt > 0 && performance.now() >= endMs) break;
    lookedAt++;
    const outcome = removeName(served, folder, path, found);
    if (outcome === "removed") removed++;
    else if (outcome !== null && "identity" in outcome) folders.push(outcome);
    else if (outcome !== null) kept.push(outcome);
  }
  return { lookedAt, removed, folders, kept };
}

/** `null` for what is gone, or is one of the programs' own. */
function removeName(
  served: ServedFolder,
  folder: FoundFolder,
  path: string,
  { name, reason, mayRemove }: RemovableName,
): "removed" | InnerFolder | KeptName | null {
  const realPath = folderPrefix(folder.path) + name;
  try {
    checkSameFolderSync(folder);
    const info = Deno.lstatSync(realPath);
    if (!isInside(served, realPath) || isOwnEntry(served, realPath, info)) return null;
    if (reason !== null) return { name, reason };
    if (!isAllowedPath(pathIn(path, name))) return { name, reason: "name" };
    if (info.isDirectory) return { name, path: realPath, identity: folderIdentity(info) };
    if (!info.isFile && !info.isSymlink) return { name, reason: "special" };
    if (!mayRemove) return { name, reason: null };
    retryBusy(() => unlinkSync(realPath));
    return "removed";
  } catch (error) {
    if (systemCode(error) === "ENOENT") return reason === null ? null : { name, reason };
    return { name, reason: keptReason(error) };
  }
}

/**
 * Removes a folder that should be empty by now. Synchronous, for use in a worker.
 *
 * @param folder as found before: what has taken its place stays
 * @param above the folder that it lies in
 * @returns why it stays; `null` if it is gone
 */
export function removeFolder(folder: FoundFolder, above: FoundFolder): OmissionReason | null {
  try {
    checkSameFolderSync(above);
    checkSameFolderSync(folder);
    const workFolder = findWorkFolder(folder.path);
    if (workFolder !== null) removeWorkFolder(workFolder); // Only if it is empty
    retryBusy(() => rmdirSync(folder.path));
    return null;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    if (!NOT_EMPTY_CODES.includes(systemCode(error))) return keptReason(error);
    return workFolderPaths(folder.path).some(exists) ? "busy" : "not-empty";
  }
}

/**
 * Makes what was removed from a folder durable. Synchronous, for use in a worker.
 *
 * @throws {RequestError}
 */
export function syncServed(folder: FoundFolder): void {
  try {
    checkSameFolderSync(folder);
    syncFolder(folder.path);
  } catch (error) {
    throw asRequestError(error);
  }
}

/** Why an entry stays that could not be removed, or a folder that could not be read. */
export function keptReason(error: unknown): OmissionReason {
  return asRequestError(error).code === "denied" ? "denied" : "busy";
}
