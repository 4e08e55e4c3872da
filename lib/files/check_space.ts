import { basename, dirname, join } from "./path.ts";
import { PRIVATE_FOLDER } from "../protocol/path.ts";
import { candidatePaths } from "./commit_name.ts";
import { DiskError } from "./disk_error.ts";
import { partName } from "./part_names.ts";
import { freeBytes } from "./system.ts";

/** Less is not looked at ahead: what does not fit is found out by writing it. */
const LARGE_BYTES = 16 * 1024 * 1024;
/** Files looked at together. */
const AT_ONCE = 64;

/** A file to be received. */
export interface ExpectedFile {
  /** Its path below the folder that all are for. */
  readonly localPath: string;
  /** `null` if it is not known. */
  readonly sizeBytes: number | null;
}

/**
 * Checks that files have room before the first of them is received: what is there of them already needs
 * none. Where the system does not tell of its space, there is enough.
 *
 * @param folder the folder that they are for; it may have to be made yet
 * @throws {DiskError} `no-space`, with its `space`
 */
export async function checkSpace(folder: string, files: readonly ExpectedFile[]): Promise<void> {
  const total = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  if (total < LARGE_BYTES) return;
  const free = await freeBytesFor(folder);
  if (free === null || total <= free) return;
  let needed = 0;
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const some = files.slice(at, at + AT_ONCE).map(({ localPath, sizeBytes }) => {
      return missingBytes(join(folder, localPath), sizeBytes ?? 0);
    });
    for (const bytes of await Promise.all(some)) needed += bytes;
  }
  if (needed <= free) return;
  const message = `Cannot receive ${needed} bytes in ${folder}: ${free} are free`;
  throw new DiskError("no-space", folder, message, { space: { needed, free } });
}

/** The free space at a folder, or at the nearest one above it that is there. */
async function freeBytesFor(folder: string): Promise<number | null> {
  for (let path = folder;; path = dirname(path)) {
    if (await sizeOf(path) !== null || dirname(path) === path) return await freeBytes(path);
  }
}

/** A file of that size may be the one: then nothing is written. A part of it goes on. */
async function missingBytes(path: string, sizeBytes: number): Promise<number> {
  const [folder, name] = [dirname(path), basename(path)];
  for (const candidate of candidatePaths(folder, name, true)) {
    const there = await sizeOf(candidate);
    if (there === sizeBytes) return 0;
    if (there === null) break;
  }
  const kept = await sizeOf(join(folder, PRIVATE_FOLDER, partName(name))) ?? 0;
  return Math.max(0, sizeBytes - kept);
}

/** The size of what is at a path; `null` if nothing is, or it cannot be looked at. */
async function sizeOf(path: string): Promise<number | null> {
  return await Deno.stat(path).then(({ size }) => size, () => null);
}
