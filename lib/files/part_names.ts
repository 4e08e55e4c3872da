import { basename, dirname, join } from "./path.ts";
import { LIMITS } from "../protocol/limits.ts";
import { digestText } from "./digest_text.ts";
import { exists } from "./exists.ts";
import { type BusyOptions, retryBusy } from "./retry_busy.ts";
import { findWorkFolder } from "./work_folder.ts";

const PART_SUFFIX = ".part";
const VERSION_SUFFIX = ".version";
/** Suffix of a part of a batch, which cannot be resumed: useless once its transfer has ended. */
export const BATCH_SUFFIX = ".batch";
/** A longer file beside a part stores no version. */
const MAX_VERSION_BYTES = 4_096;
/** The version tags that servers of this project sent when parts lay beside their final place. */
const EARLIER_VERSION = /^[0-9a-z]+(-[0-9a-z]+){3}$/;
const encoder = new TextEncoder();

/** The place of a part. */
export interface PartPlace {
  /** The folder in whose private folder the part lies. */
  readonly partBase: string;
  /** Its name in that folder. */
  readonly partName: string;
  /** Where an earlier version of the program may have left it, with a version beside it. */
  readonly earlierPath?: string;
}

/** The part that an earlier download left. */
export interface PartialFile {
  readonly sizeBytes: number;
  /** The version tag of the source, or `null` if none was stored. */
  readonly version: string | null;
}

/** Finds a part without opening it; `null` if there is none, or an empty one. */
export function findPart({ partBase, partName, earlierPath }: PartPlace): PartialFile | null {
  const folder = findWorkFolder(partBase);
  const found = folder === null ? null : inspectPart(join(folder, partName));
  if (found !== null || earlierPath === undefined) return found;
  return findEarlierPart(earlierPath);
}

/**
 * Finds a part of an earlier version of the program. Its name could be that of any file: without
 * the version of a source beside it, it is not taken for a part.
 */
export function findEarlierPart(path: string): PartialFile | null {
  const part = inspectPart(path);
  return part?.version && EARLIER_VERSION.test(part.version) ? part : null;
}

/** `NAME.part`, with the hash of the name in place of a name that is too long for that. */
export function partName(name: string): string {
  return withSuffix(name, PART_SUFFIX);
}

/** Whether a name is one that {@link partName} returns. */
export function isPartName(name: string): boolean {
  return name.length > PART_SUFFIX.length && name.endsWith(PART_SUFFIX);
}

/** Whether a name is that of a file beside a part, see {@link versionPath}. */
export function isVersionName(name: string): boolean {
  return name.length > VERSION_SUFFIX.length && name.endsWith(VERSION_SUFFIX);
}

/** The path of the file beside a part that stores the version tag of its source. */
export function versionPath(partPath: string): string {
  return join(dirname(partPath), withSuffix(basename(partPath), VERSION_SUFFIX));
}

/**
 * Stores the version tag of a part's source. Writes to a new file only.
 *
 * @param system for tests. Where the old file is busy for a moment, it is replaced a moment later
 */
export function writeVersion(partPath: string, version: string, system: BusyOptions = {}): void {
  const path = versionPath(partPath);
  if (exists(path)) retryBusy(() => Deno.removeSync(path), system);
  Deno.writeTextFileSync(path, version, { createNew: true });
}

function inspectPart(path: string): PartialFile | null {
  if (!exists(path)) return null;
  try {
    const info = Deno.lstatSync(path);
    if (!info.isFile || info.size === 0) return null;
    return { sizeBytes: info.size, version: readVersion(path) };
  } catch {
    return null;
  }
}

function withSuffix(name: string, suffix: string): string {
  if (encoder.encode(name + suffix).length <= LIMITS.nameBytes) return name + suffix;
  return digestText(name) + suffix;
}

/** Opens nothing but a short regular file. */
function readVersion(partPath: string): string | null {
  const path = versionPath(partPath);
  if (!exists(path)) return null;
  try {
    const { isFile, size } = Deno.lstatSync(path);
    if (!isFile || size > MAX_VERSION_BYTES) return null;
    return Deno.readTextFileSync(path) || null;
  } catch {
    return null;
  }
}
