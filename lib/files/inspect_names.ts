import type { EntryType, ListedEntry, OmissionReason } from "../protocol/answers.ts";
import { isAllowedPath, isPortable, pathIn } from "../protocol/path.ts";
import { asRequestError, systemCode } from "./disk_error.ts";
import { type FileStamp, isExecutable, packStamps, stampAt, stampOf } from "./file_stamp.ts";
import type { FoundName } from "./folder_names.ts";
import type { PathResolver } from "./path_resolver.ts";
import { folderPrefix, isEntryInside, isOwnEntry, type ServedFolder } from "./served_folder.ts";

/** A folder whose entries are listed. */
export interface ListedFolder {
  /** As clients request it; `""` for the root. */
  readonly path: string;
  readonly realPath: string;
  /** Whether names that not every system can store are listed. */
  readonly names: boolean;
}

/** An entry that can be listed. */
export interface InspectedEntry {
  readonly type: EntryType;
  /** Of the file or folder, or of what a link leads to; a folder has no size. */
  readonly stamp: FileStamp;
  /** The real path of what a link leads to; `null` if the entry is no link. */
  readonly target: string | null;
  /** Whether it is a file that its owner may execute; absent where not. */
  readonly exec?: boolean;
}

/** What a name in a folder stands for; `null` if it is gone, or one of the programs' own. */
export type Inspected = InspectedEntry | { readonly reason: OmissionReason } | null;

/**
 * Inspects entries of a folder, in the order of their names. Synchronous, for use in a worker.
 *
 * @throws {RequestError} if the listing as a whole cannot be trusted: no descriptors, a broken disk
 */
export function inspectNames(
  resolver: PathResolver,
  served: ServedFolder,
  folder: ListedFolder,
  names: readonly FoundName[],
): Inspected[] {
  try {
    resolver.checkFolder(served, folder.realPath);
  } catch (error) {
    if (reasonOf(error) === null) return names.map(() => null);
    throw error;
  }
  return names.map((found) => inspect(resolver, served, folder, found));
}

/** What {@link inspectNames} finds, in a form that costs the receiving isolate little. */
export interface PackedEntries {
  /** By name: a digit of {@link KINDS}. */
  readonly kinds: string;
  /** By name: see {@link packStamps}. */
  readonly stamps: Float64Array<ArrayBuffer>;
  /** For each link its target, for each omission its reason. */
  readonly texts: readonly string[];
}

/** What a name stands for, by digit. */
const KINDS = {
  gone: "0",
  file: "1",
  folder: "2",
  linkedFile: "3",
  linkedFolder: "4",
  omitted: "5",
  program: "6",
  linkedProgram: "7",
};

const LINKS: ReadonlySet<string> = new Set([
  KINDS.linkedFile,
  KINDS.linkedFolder,
  KINDS.linkedProgram,
]);
const PROGRAMS: ReadonlySet<string> = new Set([KINDS.program, KINDS.linkedProgram]);
const FOLDERS: ReadonlySet<string> = new Set([KINDS.folder, KINDS.linkedFolder]);

/** Packs what {@link inspectNames} returns. */
export function packInspected(inspected: readonly Inspected[]): PackedEntries {
  const texts: string[] = [];
  let kinds = "";
  for (const each of inspected) {
    kinds += kindOf(each);
    if (each === null) continue;
    if ("reason" in each) texts.push(each.reason);
    else if (each.target !== null) texts.push(each.target);
  }
  const stamps = packStamps(inspected.map((each) => each && "stamp" in each ? each.stamp : null));
  return { kinds, stamps, texts };
}

/** Undoes {@link packInspected}. */
export function unpackInspected({ kinds, stamps, texts }: PackedEntries): Inspected[] {
  let nextText = 0;
  return Array.from(kinds, (kind, i) => {
    const stamp = stampAt(stamps, i);
    if (kind === KINDS.omitted) return { reason: texts[nextText++] as OmissionReason };
    if (stamp === null) return null;
    return {
      type: FOLDERS.has(kind) ? "folder" : "file",
      stamp,
      target: LINKS.has(kind) ? texts[nextText++] ?? "" : null,
      ...(PROGRAMS.has(kind) && { exec: true }),
    };
  });
}

function kindOf(inspected: Inspected): string {
  if (inspected === null) return KINDS.gone;
  if ("reason" in inspected) return KINDS.omitted;
  const { type, target, exec = false } = inspected;
  const isLink = target !== null;
  if (type === "folder") return isLink ? KINDS.linkedFolder : KINDS.folder;
  if (exec) return isLink ? KINDS.linkedProgram : KINDS.program;
  return isLink ? KINDS.linkedFile : KINDS.file;
}

/**
 * Why an entry that cannot be examined is left out; `null` if it is gone.
 *
 * @throws {RequestError} as {@link inspectNames}
 */
export function reasonOf(error: unknown): OmissionReason | null {
  const failure = asRequestError(error);
  if (failure.code === "not-found") return null;
  if (failure.code === "denied") return "denied";
  throw failure;
}

/** The listing's entry for a file or folder. */
export function toListedEntry(path: string, info: Deno.FileInfo): ListedEntry {
  const { type, stamp: { sizeBytes: size, modifiedMs: mtime }, exec } = toEntry(info, null);
  return { path, type, size, mtime, ...(exec && { exec }) };
}

function toEntry(info: Deno.FileInfo, target: string | null): InspectedEntry {
  const stamp = stampOf(info);
  return {
    type: info.isFile ? "file" : "folder",
    stamp: info.isFile ? stamp : { ...stamp, sizeBytes: 0 },
    target,
    ...(isExecutable(info) && { exec: true }),
  };
}

function inspect(
  resolver: PathResolver,
  served: ServedFolder,
  folder: ListedFolder,
  { name, reason: known }: FoundName,
): Inspected {
  const path = pathIn(folder.path, name);
  const reason = known ?? refusal(path, folder.names);
  const realPath = folderPrefix(folder.realPath) + name;
  try {
    const info = Deno.lstatSync(realPath);
    const isHidden = () => !isEntryInside(served, realPath) || isOwnEntry(served, realPath, info);
    if (reason !== null) return isHidden() ? null : { reason };
    if (info.isSymlink) return inspectLink(resolver, served, realPath);
    if (!info.isFile && !info.isDirectory) return { reason: "special" };
    return isHidden() ? null : toEntry(info, null);
  } catch (error) {
    // A name that is not UTF-8 is reported with this character, under which it is not found
    const isMissing = error instanceof Deno.errors.NotFound;
    if (isMissing && name.includes("\ufffd")) return { reason: "unicode" };
    const failure = reasonOf(error);
    return failure === null ? null : { reason: failure };
  }
}

/** A link to a file of the programs' own is like one that leads nowhere. */
function inspectLink(resolver: PathResolver, served: ServedFolder, link: string): Inspected {
  try {
    const { realPath, info } = resolver.resolveReal(served, link);
    const isListed = info !== null && (info.isFile || info.isDirectory);
    return isListed ? toEntry(info, realPath) : { reason: "link" };
  } catch (error) {
    const { code } = asRequestError(error);
    if (code === "bad-path" || code === "not-found" || systemCode(error) === "ELOOP") {
      return { reason: "link" };
    }
    throw error;
  }
}

/** Why the client cannot request a path; `null` if it can. */
function refusal(path: string, names: boolean): OmissionReason | null {
  if (!isAllowedPath(path)) return "name";
  return names || isPortable(path.normalize("NFC")) ? null : "name";
}
