import { basename, dirname, join } from "@std/path";
import { createHash } from "node:crypto";
import { LIMITS } from "../protocol/limits.ts";
import { exists } from "./exists.ts";

const PART_SUFFIX = ".part";
const VERSION_SUFFIX = ".version";
/** Stored in place of a version beside a whole file whose final name ends in `.part`. */
const WHOLE_MARK = "whole\n";
const encoder = new TextEncoder();

/** The part that an earlier download left. */
export interface PartialFile {
  readonly sizeBytes: number;
  /** The version tag of the source, or `null` if none was stored. */
  readonly version: string | null;
}

/** Finds a part without opening it; `null` if there is none, or an empty one. */
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

/** `NAME.part`, with the hash of the name in place of a name that is too long for that. */
export function partName(name: string): string {
  return withSuffix(name, PART_SUFFIX);
}

/** The path of the file beside a part that stores the version tag of its source. */
export function versionPath(partPath: string): string {
  return join(dirname(partPath), withSuffix(basename(partPath), VERSION_SUFFIX));
}

/**
 * The path to use for a part: `partPath`, or another one beside it if a received file has that name
 * as its final one.
 */
export function freePartPath(partPath: string): string {
  if (!partPath.endsWith(PART_SUFFIX) || readVersion(partPath) !== WHOLE_MARK) return partPath;
  return join(dirname(partPath), hashOf(basename(partPath)) + PART_SUFFIX);
}

/** Marks a received file as whole, if its final name could be that of a part. */
export function markWhole(path: string): void {
  if (path.endsWith(PART_SUFFIX)) Deno.writeTextFileSync(versionPath(path), WHOLE_MARK);
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
