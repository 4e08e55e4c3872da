import { dirname, join } from "./path.ts";
import { isPortable, lastComponent, parentOf } from "../protocol/path.ts";
import { exists } from "./exists.ts";
import type { FileStamp } from "./file_stamp.ts";
import { hashFileSync } from "./find_received.ts";
import { checkFolderSync, type FoundFolder, makeBelowSync } from "./folders.ts";
import { isAscii } from "../protocol/text.ts";
import type { PathResolver } from "./path_resolver.ts";
import { RealPaths } from "./real_paths.ts";
import { checkRootSync } from "./served_root.ts";
import { isEntryInside, pathBelow, type ServedFolder } from "./served_folder.ts";
import {
  type BatchOutcome,
  type ReceivedContent,
  type ReceivedFile,
  storeBatch,
} from "./store_batch.ts";

/** A small file that a client uploads. */
export interface UploadedFile extends ReceivedContent {
  /** As returned by `checkPath`. */
  readonly path: string;
  /** Whether the client may read the path, and so learn that it has the same content. */
  readonly isReadable: boolean;
}

/** What came of an uploaded file; `null` for one to be uploaded on its own, which tells why it fails. */
export type UploadedResult = "stored" | "same" | "wrong" | null;

/** What came of the files of a batch. */
export interface UploadedBatch {
  readonly results: readonly UploadedResult[];
  /** The state in which each was stored; `null` for all others. */
  readonly stamps: readonly (FileStamp | null)[];
  /** The folders in whose private folders their parts were. */
  readonly folders: readonly string[];
}

/** Where a file goes. */
interface Place {
  /** Links resolved; need not exist yet. */
  readonly directory: string;
  /** The folder itself, or the deepest one above it that exists. */
  readonly existing: FoundFolder;
}

/** The files of one folder. */
interface FolderGroup extends Place {
  readonly indices: number[];
}

/**
 * Stores many small files in a served folder. Folders on their way are made. Synchronous, for use in a worker.
 * No link is followed: what leads elsewhere is left to an upload on its own.
 *
 * @param files `null` for one that is not to be stored, whose result is `null`
 */
export function storeUploads(
  resolver: PathResolver,
  served: ServedFolder,
  files: readonly (UploadedFile | null)[],
  replace: boolean,
): UploadedBatch {
  const results: UploadedResult[] = files.map(() => null);
  const stamps: (FileStamp | null)[] = files.map(() => null);
  const groups = new Map<string, FolderGroup>();
  const places = new PlaceFinder(resolver, served, replace);
  for (const [i, file] of files.entries()) {
    const place = file === null ? null : places.find(file);
    if (place === "same") results[i] = place;
    if (place === null || place === "same") continue;
    const group = groups.get(place.directory) ?? { ...place, indices: [] };
    groups.set(place.directory, group);
    group.indices.push(i);
  }
  const folders = new Set<string>();
  const made = new Map<string, string | null>();
  const realPaths = new RealPaths();
  for (const { directory, existing, indices } of groups.values()) {
    folders.add(existing.path);
    const outcomes = storeBatch(indices.flatMap((i) => receivedIn(directory, files[i] ?? null)), {
      base: existing.path,
      ifTaken: replace ? "replace" : "refuse",
      check: () => {
        checkRootSync(served.servedRoot);
        checkFolderSync(existing, realPaths);
        makeBelowSync(existing.path, directory, made, realPaths);
      },
    });
    for (const [at, i] of indices.entries()) {
      const outcome = outcomes[at];
      results[i] = resultOf(outcome);
      if (outcome?.result === "stored") stamps[i] = outcome.stamp;
    }
  }
  return { results, stamps, folders: [...folders] };
}

/** Finds the places of the files of a batch. Folders are looked at once: they are again before a name is given. */
class PlaceFinder {
  readonly #resolver: PathResolver;
  readonly #served: ServedFolder;
  readonly #replace: boolean;
  /** By the path of a folder. */
  readonly #places = new Map<string, Place>();

  constructor(resolver: PathResolver, served: ServedFolder, replace: boolean) {
    this.#resolver = resolver;
    this.#served = served;
    this.#replace = replace;
  }

  /** The place of a new file; `same` if it is there; `null` for all that is not plain. */
  find(file: UploadedFile): Place | "same" | null {
    const folder = parentOf(file.path);
    const known = this.#places.get(folder);
    if (known !== undefined && this.#isFree(known, file)) return known;
    const place = this.#look(file);
    if (place !== null && place !== "same") this.#places.set(folder, place);
    return place;
  }

  /**
   * Whether nothing has the name in a folder that was looked at, for sure. A dangling link counts as nothing, as
   * where paths are resolved.
   */
  #isFree({ directory }: Place, { path }: UploadedFile): boolean {
    const name = lastComponent(path);
    const realPath = join(directory, name);
    // Other names may be spelled in another way on disk, or be refused with a reason
    const isPlain = isAscii(name) && isPortable(name) && isEntryInside(this.#served, realPath);
    return isPlain && !exists(realPath);
  }

  #look({ path, isReadable, bytes, sha256 }: UploadedFile): Place | "same" | null {
    try {
      const { realPath, existing, info, isBlocked } = this.#resolver.resolve(this.#served, path);
      const isPlain = pathBelow(this.#served.root, realPath) === path && !isBlocked;
      if (!isPlain || info?.isFile === false) return null;
      if (info === null || this.#replace) return { directory: dirname(realPath), existing };
      const isSame = isReadable && info.size === bytes.length &&
        hashFileSync(realPath, info.size) === sha256;
      return isSame ? "same" : null;
    } catch {
      return null; // Uploaded on its own, it fails for the same reason
    }
  }
}

function receivedIn(directory: string, file: UploadedFile | null): ReceivedFile[] {
  return file === null ? [] : [{ ...file, directory, name: lastComponent(file.path) }];
}

function resultOf(outcome: BatchOutcome | undefined): UploadedResult {
  const result = outcome?.result;
  return result === "stored" || result === "same" || result === "wrong" ? result : null;
}
