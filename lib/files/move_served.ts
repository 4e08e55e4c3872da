import { basename, join } from "./path.ts";
import { rmdirSync, unlinkSync } from "node:fs";
import { RequestError } from "../protocol/errors.ts";
import { moveToFreeName } from "./commit_name.ts";
import { asRequestError, systemCode } from "./disk_error.ts";
import { type FileStamp, isSameStamp, stampOf } from "./file_stamp.ts";
import { checkSameFolderSync, syncFolder } from "./folders.ts";
import { holdsOwnNames } from "./own_marks.ts";
import type { PathResolver, ResolvedPath } from "./path_resolver.ts";
import { retryBusy } from "./retry_busy.ts";
import { identityOf, isAtOrBelow, type ServedFolder } from "./served_folder.ts";

/** Codes of the system for a folder in the place of which something is. */
const TAKEN_CODES = ["ENOTEMPTY", "EEXIST", "ENOTDIR", "EISDIR"];

/** A file or folder of a served folder, and where it goes. */
export interface ServedMove {
  /** As found by {@link PathResolver.resolveEntry}. */
  readonly from: string;
  readonly to: string;
  /** The last component of the new path, where `to` may have another letter case. */
  readonly name: string;
  /** Whether a file takes the place of a file. */
  readonly replace: boolean;
  /** The state that the file must have. Default: any. */
  readonly stamp?: FileStamp;
}

/** An entry that is there. */
interface Entry extends ResolvedPath {
  readonly info: Deno.FileInfo;
}

/**
 * Gives a file, a link or a folder of a served folder another path, in one step, and makes that durable.
 * Synchronous, for use in a worker.
 *
 * @throws {RequestError} see section 3.11 of the protocol
 */
export function moveServed(resolver: PathResolver, served: ServedFolder, move: ServedMove): void {
  const { from, to, name, replace, stamp } = move;
  const source = checkSource(resolver.resolveEntryAgain(served, from), served);
  if (stamp !== undefined && !isSameStamp(stampOf(source.info), stamp)) {
    throw new RequestError("changed");
  }
  const target = resolver.resolveEntryAgain(served, to);
  if (source.info.isDirectory && to !== from && isAtOrBelow(from, to)) {
    throw new RequestError("bad-path", undefined, { reason: "path-inside" });
  }
  checkTarget(source, target, move);
  try {
    checkSameFolderSync(source.existing);
    checkSameFolderSync(target.existing);
    if (to === from) retryBusy(() => Deno.renameSync(from, join(target.existing.path, name)));
    else if (source.info.isDirectory) moveFolder(from, to);
    else if (target.info !== null && replace) replaceFile(source, target);
    else if (!moveToFreeName(from, to)) throw new RequestError("exists");
    for (const { existing } of [target, source]) syncFolder(existing.path);
  } catch (error) {
    if (systemCode(error) !== "EXDEV") throw asRequestError(error);
    throw new RequestError("bad-path", undefined, { reason: "path-other-disk", cause: error });
  }
}

function checkSource(source: ResolvedPath, { ownPaths }: ServedFolder): Entry {
  const { realPath, info, isBlocked } = source;
  if (info === null || isBlocked) throw new RequestError("not-found");
  if (!info.isDirectory && !info.isFile && !info.isSymlink) throw new RequestError("not-a-file");
  const isOwn = info.isDirectory &&
    (ownPaths.some((own) => isAtOrBelow(realPath, own)) || holdsOwnNames(realPath));
  if (isOwn) throw new RequestError("bad-path", undefined, { reason: "path-reserved" });
  return { ...source, info };
}

function checkTarget(source: Entry, target: ResolvedPath, { from, to, name, replace }: ServedMove) {
  if (target.isBlocked) throw new RequestError("not-a-file");
  if (to === from) {
    if (basename(from) === name) throw new RequestError("exists");
    return; // Another letter case
  }
  if (target.info === null && target.existing.path !== to.slice(0, -basename(to).length - 1)) {
    throw new RequestError("not-found");
  }
  if (target.info === null) return;
  if (!replace) throw new RequestError("exists");
  const isFile = (info: Deno.FileInfo) => info.isFile || info.isSymlink;
  if (!isFile(source.info) || !isFile(target.info)) throw new RequestError("not-a-file");
}

/** Two names of one file stay as they are when one is renamed to the other. */
function replaceFile(source: Entry, target: ResolvedPath): void {
  const isSame = target.info !== null && identityOf(target.info) === identityOf(source.info) &&
    identityOf(source.info) !== null;
  if (isSame) retryBusy(() => unlinkSync(source.realPath));
  else retryBusy(() => Deno.renameSync(source.realPath, target.realPath));
}

/** An empty folder keeps the name until the other one takes its place: that replaces nothing else. */
function moveFolder(from: string, to: string): void {
  try {
    Deno.mkdirSync(to);
    if (Deno.build.os === "windows") rmdirSync(to); // A folder takes no place there
    retryBusy(() => Deno.renameSync(from, to));
  } catch (error) {
    if (TAKEN_CODES.includes(systemCode(error))) throw new RequestError("exists");
    removeEmpty(to);
    throw error;
  }
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Something is in it by now
  }
}
