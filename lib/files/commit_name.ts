import { join } from "./path.ts";
import { LIMITS } from "../protocol/limits.ts";
import { systemCode } from "./disk_error.ts";
import { syncFolder } from "./folders.ts";
import { type BusyOptions, retryBusy } from "./retry_busy.ts";

/** The largest `n` of `NAME (n)` that is tried. */
export const LARGEST_NUMBER = 9_999;
/** A longer ending, dot included, is not an extension: the number must fit beside it. */
const MAX_EXTENSION_CHARS = 64;
/** Error codes of `link` that mean that no hard link is possible here. */
const NO_LINK_CODES = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];
/** Of the busy ones, those that do not mean that. */
const BUSY_LINK_CODES = ["EACCES", "EBUSY"];
const encoder = new TextEncoder();

/** Policy for a taken name: replace the file, number the new one as `NAME (1)`, or refuse. */
export type ConflictPolicy = "replace" | "number" | "refuse";

/** The final folder and name of a file. */
export interface FinalName {
  readonly directory: string;
  /** One checked component. */
  readonly name: string;
  readonly ifTaken: ConflictPolicy;
}

/**
 * Moves the file at `from` to its final name, in one step, and syncs the folder.
 *
 * @param system for tests. Where a file is busy for a moment, the step is tried again
 * @returns the final path, or `null` if the name and all of its numbers are taken
 * @throws the system's error; the file is still at `from`, unless only the sync failed
 */
export function commitName(
  from: string,
  final: FinalName,
  system: BusyOptions = {},
): string | null {
  const path = moveToName(from, final, system);
  if (path !== null) syncFolder(final.directory);
  return path;
}

/**
 * The same without syncing the folder: its caller does, once for many files.
 *
 * @throws the system's error; the file is still at `from`
 */
export function moveToName(
  from: string,
  { directory, name, ifTaken }: FinalName,
  system: BusyOptions = {},
): string | null {
  return ifTaken === "replace"
    ? replaceByRename(from, join(directory, name), system)
    : moveToFirstFreeName(from, { directory, name, ifTaken }, system);
}

/** The paths that a file may get, in their order: its own and, if asked for, those of `NAME (1)` and so on. */
export function* candidatePaths(
  directory: string,
  name: string,
  isNumbered: boolean,
): Generator<string> {
  const last = isNumbered ? LARGEST_NUMBER : 0;
  for (let number = 0; number <= last; number++) yield join(directory, numberedName(name, number));
}

/** `NAME` for 0, else `STEM (number).EXT`, with the stem cut to fit `LIMITS.nameBytes`. */
export function numberedName(name: string, number: number): string {
  if (number === 0) return name;
  const dot = name.lastIndexOf(".");
  const hasExtension = dot > 0 && name.length - dot <= MAX_EXTENSION_CHARS;
  const stem = hasExtension ? name.slice(0, dot) : name;
  const ending = ` (${number})${hasExtension ? name.slice(dot) : ""}`;
  const characters = [...stem];
  while (encoder.encode(characters.join("") + ending).length > LIMITS.nameBytes) characters.pop();
  return characters.join("") + ending;
}

function replaceByRename(from: string, to: string, system: BusyOptions): string {
  retryBusy(() => Deno.renameSync(from, to), system);
  return to;
}

function moveToFirstFreeName(
  from: string,
  { directory, name, ifTaken }: FinalName,
  system: BusyOptions,
): string | null {
  for (const path of candidatePaths(directory, name, ifTaken === "number")) {
    if (moveToFreeName(from, path, system)) return path;
  }
  return null;
}

/**
 * Moves a file, or a link, to a name of the same file system; `false` if the name is taken. Atomic if the
 * file system has hard links.
 */
export function moveToFreeName(from: string, to: string, system: BusyOptions = {}): boolean {
  try {
    retryBusy(() => Deno.linkSync(from, to), { ...system, codes: BUSY_LINK_CODES });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    if (!NO_LINK_CODES.includes(systemCode(error))) throw error;
    return moveWithoutLinks(from, to, system);
  }
  // Windows does not tell that a part has another name: one that stayed would be written to
  retryBusy(() => Deno.removeSync(from), system);
  return true;
}

function moveWithoutLinks(from: string, to: string, system: BusyOptions): boolean {
  try {
    Deno.lstatSync(to);
    return false;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  retryBusy(() => Deno.renameSync(from, to), system);
  return true;
}
