import { join } from "@std/path";
import { LIMITS } from "../protocol/limits.ts";
import { systemCode } from "./disk_error.ts";
import { syncFolder } from "./folders.ts";

/** How many `NAME (n)` are tried before giving up. */
export const LARGEST_NUMBER = 9_999;
/** What is longer behind the last dot is no extension: the number must have room beside it. */
const LONGEST_EXTENSION = 64;
/** What file systems without hard links answer to a wish for one. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];
const encoder = new TextEncoder();

/** What to do when a name is taken: replace what has it, take `NAME (1)`, or leave it alone. */
export type ConflictPolicy = "replace" | "number" | "refuse";

/** Where a file is to get its name. */
export interface FinalName {
  readonly directory: string;
  /** One checked component. */
  readonly name: string;
  readonly ifTaken: ConflictPolicy;
}

/**
 * Gives the file at `from` its name, in one step, and makes the name durable.
 *
 * @returns the path that it has now, or `null` when the name is taken, and every number with it
 * @throws what the system throws; the file is then still at `from`
 */
export function commitName(from: string, { directory, name, ifTaken }: FinalName): string | null {
  const path = ifTaken === "replace"
    ? replaceByRename(from, join(directory, name))
    : takeFreeName(from, { directory, name, ifTaken });
  if (path !== null) syncFolder(directory);
  return path;
}

/** `NAME` for 0, else `STEM (number).EXT`, the stem cut where the whole would be too long. */
export function numberedName(name: string, number: number): string {
  if (number === 0) return name;
  const dot = name.lastIndexOf(".");
  const hasExtension = dot > 0 && name.length - dot <= LONGEST_EXTENSION;
  const stem = hasExtension ? name.slice(0, dot) : name;
  const ending = ` (${number})${hasExtension ? name.slice(dot) : ""}`;
  const characters = [...stem];
  while (encoder.encode(characters.join("") + ending).length > LIMITS.nameBytes) characters.pop();
  return characters.join("") + ending;
}

function replaceByRename(from: string, to: string): string {
  Deno.renameSync(from, to);
  return to;
}

function takeFreeName(from: string, { directory, name, ifTaken }: FinalName): string | null {
  const last = ifTaken === "number" ? LARGEST_NUMBER : 0;
  for (let number = 0; number <= last; number++) {
    const path = join(directory, numberedName(name, number));
    if (moveToFreeName(from, path)) return path;
  }
  return null;
}

/** Renames unless the new name is taken, in one step where the file system has hard links. */
function moveToFreeName(from: string, to: string): boolean {
  try {
    Deno.linkSync(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    if (!NO_LINKS.includes(systemCode(error))) throw error;
    return moveWithoutLinks(from, to);
  }
  Deno.removeSync(from);
  return true;
}

function moveWithoutLinks(from: string, to: string): boolean {
  try {
    Deno.lstatSync(to);
    return false;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.renameSync(from, to);
  return true;
}
