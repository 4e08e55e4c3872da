import { createHash } from "node:crypto";
import { basename, dirname, join } from "@std/path";
import { LIMITS } from "../protocol/limits.ts";
import { exists } from "./exists.ts";

const PART_SUFFIX = ".part";
const VERSION_SUFFIX = ".version";
/** Stands in place of a version beside a whole file that has the name of a part. */
const WHOLE_NOTE = "whole\n";
const encoder = new TextEncoder();

/** What an earlier download left of a file. */
export interface PartialFile {
  readonly sizeBytes: number;
  /** The version of the file that it is a part of, where that was kept. */
  readonly version: string | null;
}

/** Looks at a part without opening it; `null` where there is none. */
export function findPart(partPath: string): PartialFile | null {
  const path = freePartPath(partPath);
  if (!exists(path)) return null;
  try {
    const info = Deno.lstatSync(path);
    if (!info.isFile || info.size === 0) return null;
    return { sizeBytes: info.size, version: readVersion(path) };
  } catch {
    return null;
  }
}

/** `NAME.part`; a name that is too long for that is replaced by its hash. */
export function partName(name: string): string {
  return withSuffix(name, PART_SUFFIX);
}

/** The file beside a part that tells the version of the file that it is a part of. */
export function versionPath(partPath: string): string {
  return join(dirname(partPath), withSuffix(basename(partPath), VERSION_SUFFIX));
}

/**
 * Where a part may lie: at `partPath`, or beside it where a file was received that has that very
 * name.
 */
export function freePartPath(partPath: string): string {
  if (!partPath.endsWith(PART_SUFFIX) || readVersion(partPath) !== WHOLE_NOTE) return partPath;
  return join(dirname(partPath), hashOf(basename(partPath)) + PART_SUFFIX);
}

/** Notes that a received file is whole, if by its name it might be a part. */
export function markWhole(path: string): void {
  if (path.endsWith(PART_SUFFIX)) Deno.writeTextFileSync(versionPath(path), WHOLE_NOTE);
}

function withSuffix(name: string, suffix: string): string {
  if (encoder.encode(name + suffix).length <= LIMITS.nameBytes) return name + suffix;
  return hashOf(name) + suffix;
}

function hashOf(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}

function readVersion(partPath: string): string | null {
  const path = versionPath(partPath);
  if (!exists(path)) return null;
  try {
    return Deno.readTextFileSync(path) || null;
  } catch {
    return null;
  }
}
