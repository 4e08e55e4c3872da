import { basename, dirname, join } from "./path.ts";
import { candidatePaths } from "./commit_name.ts";
import { exists } from "./exists.ts";
import { hashFileSync } from "./find_received.ts";
import { partName } from "./part_names.ts";
import { identityOf } from "./served_folder.ts";
import { sweepOldPartsOnce } from "./old_parts.ts";
import { findWorkFolder, removeWorkFolder } from "./work_folder.ts";

/** Where small files of a batch are to be received. */
export interface BatchTargets {
  /** The folder in whose private folder the parts of batches lie: what was left there is removed. */
  readonly base: string;
  /** Their final paths. */
  readonly files: readonly string[];
  /** Bytes, as listed. */
  readonly sizes: readonly number[];
  /** Whether other files are replaced; else a file under `NAME (1)` counts as the same, too. */
  readonly replace: boolean;
}

/** What is there already, by file. */
export interface TargetsFound {
  /** The SHA-256 of what has the listed size, in hex; `""` for nothing. */
  readonly have: readonly string[];
  /** Where that is, if under another name than the file's. */
  readonly paths: readonly (readonly [index: number, path: string])[];
  /** Files to be received on their own: something of them is there, to be gone on with. */
  readonly alone: readonly number[];
  /** Where others are replaced, the files that are there, by `identityOf`; else empty. */
  readonly identities: readonly (readonly [index: number, identity: string])[];
}

/**
 * Looks at the places of many files. Synchronous, for use in a worker. What cannot be looked at is to be
 * received on its own, which tells the reason.
 */
export function inspectTargets({ base, files, sizes, replace }: BatchTargets): TargetsFound {
  removeLeft(base); // Where all is there already, nothing else does
  const workFolders = new Map<string, string | null>();
  const alone: number[] = [];
  const identities: [number, string][] = [];
  const paths: [number, string][] = [];
  const places = new UsualPlaces();
  const look = (path: string, i: number): string => {
    const folder = dirname(path);
    if (!workFolders.has(folder)) workFolders.set(folder, findWorkFolder(folder));
    const workFolder = workFolders.get(folder) ?? null;
    const hasPart = workFolder !== null && exists(join(workFolder, partName(basename(path))));
    if (hasPart) alone.push(i);
    const info = hasPart ? null : places.look(path);
    if (info === null) return "";
    const identity = replace ? identityOf(Deno.lstatSync(path)) : null;
    if (identity !== null) identities.push([i, identity]);
    const sizeBytes = sizes[i] ?? 0;
    const isWanted = info.isFile && info.size === sizeBytes;
    const same = isWanted ? path : replace ? null : numberedFor(path, sizeBytes);
    if (same !== null && same !== path) paths.push([i, same]);
    return same === null ? "" : hashFileSync(same, sizeBytes);
  };
  const have = files.map((path, i) => {
    try {
      return look(path, i);
    } catch {
      alone.push(i);
      return "";
    }
  });
  return { have, paths, alone, identities };
}

function removeLeft(base: string): void {
  const folder = findWorkFolder(base);
  if (folder === null) return;
  sweepOldPartsOnce(folder);
  removeWorkFolder(folder);
}

/** Looks at places of which most are taken, or most are free: a `stat` that fails costs far more than `exists`. */
class UsualPlaces {
  #isTaken = false;

  /** What is at a path, links followed; `null` for nothing. @throws if it cannot be looked at */
  look(path: string): Deno.FileInfo | null {
    if (!this.#isTaken && !exists(path)) return null;
    try {
      const info = Deno.statSync(path);
      this.#isTaken = true;
      return info;
    } catch (error) {
      this.#isTaken = false;
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }
}

/**
 * The first file of the wanted size under a numbered name; `null` for none. Where its content is another, one behind it
 * may have the wanted one: who stores what comes looks at all.
 */
function numberedFor(path: string, sizeBytes: number): string | null {
  for (const candidate of candidatePaths(dirname(path), basename(path), true)) {
    if (candidate === path) continue;
    if (!exists(candidate)) break;
    const { isFile, size } = Deno.statSync(candidate);
    if (isFile && size === sizeBytes) return candidate;
  }
  return null;
}
