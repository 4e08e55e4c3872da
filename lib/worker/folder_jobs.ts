import { NameReading, type PackedNames, unpackNames } from "../files/folder_names.ts";
import type { StoredFile } from "../files/directory_store.ts";
import { findMark } from "../files/find_mark.ts";
import type { FoundFolder } from "../files/folders.ts";
import {
  inspectNames,
  type ListedFolder,
  type PackedEntries,
  packInspected,
} from "../files/inspect_names.ts";
import { moveServed, type ServedMove } from "../files/move_served.ts";
import { makeServedFolder, type NewFolder } from "../files/new_folder.ts";
import type { PathResolver, ResolvedPath } from "../files/path_resolver.ts";
import type { ServedFolder } from "../files/served_folder.ts";
import { lookAtServed, readServedNames } from "../files/served_walk.ts";
import { removeEntry, removeFolder, removeNames, syncServed } from "../files/remove_served.ts";
import { emptyTrash, moveToTrash } from "../files/trash.ts";
import { placePart } from "../files/place_part.ts";
import { takeNameBack } from "../files/take_name_back.ts";
import { openSmall, openStored } from "../files/small_content.ts";
import { readSmall, type SmallFile } from "./small_file.ts";

const NO_NAMES: PackedNames = { names: "", reasons: [] };

/** The jobs of a worker that look at a served folder. Each job runs to its end. */
export class FolderJobs {
  readonly #resolver: PathResolver;
  #reading: NameReading | null = null;

  /** @param resolver shared by the workers of a thread */
  constructor(resolver: PathResolver) {
    this.#resolver = resolver;
  }

  /** See {@link PathResolver.resolve}. */
  resolve(served: ServedFolder, path: string): ResolvedPath {
    return this.#resolver.resolve(served, path);
  }

  /** See {@link PathResolver.resolveEntry}. */
  resolveEntry(served: ServedFolder, path: string): ResolvedPath {
    return this.#resolver.resolveEntry(served, path);
  }

  /** See {@link findMark}. */
  readonly findMark: typeof findMark = findMark;

  /** See {@link moveServed}. */
  moveServed(served: ServedFolder, move: ServedMove): void {
    moveServed(this.#resolver, served, move);
  }

  /** See {@link removeEntry}. */
  removeEntry(served: ServedFolder, realPath: string): FoundFolder | null {
    return removeEntry(this.#resolver, served, realPath);
  }

  /** Reads a small file that was found; `null` if it cannot be read, or has changed. */
  readStored(file: StoredFile): SmallFile | null {
    return readSmall(openStored(file));
  }

  /** See {@link removeNames}. */
  readonly removeNames: typeof removeNames = removeNames;

  /** See {@link removeFolder}. */
  readonly removeFolder: typeof removeFolder = removeFolder;

  /** See {@link syncServed}. */
  readonly syncServed: typeof syncServed = syncServed;

  /** See {@link moveToTrash}. */
  readonly moveToTrash: typeof moveToTrash = moveToTrash;

  /** See {@link emptyTrash}. */
  readonly emptyTrash: typeof emptyTrash = emptyTrash;

  /** See {@link placePart}. */
  readonly placePart: typeof placePart = placePart;

  /** See {@link takeNameBack}. */
  readonly takeNameBack: typeof takeNameBack = takeNameBack;

  /** See {@link makeServedFolder}. */
  makeFolder(served: ServedFolder, path: string, allowed: string): NewFolder {
    return makeServedFolder(this.#resolver, served, path, allowed);
  }

  /** See {@link readServedNames}. */
  readonly readServedNames: typeof readServedNames = readServedNames;

  /** See {@link lookAtServed}. */
  readonly lookAtServed: typeof lookAtServed = lookAtServed;

  /** Opens and reads a served file; `null` as {@link openSmall}, or if it cannot be read. */
  fetchSmall(served: ServedFolder, path: string): SmallFile | null {
    return readSmall(openSmall(this.#resolver, served, path));
  }

  /**
   * Reads the names in a folder: see {@link NameReading}.
   *
   * @returns the names if they are few; else `null`, and `sortNames` and `takeNames` are to be called
   */
  startNames(served: ServedFolder, realPath: string, first: string | null): PackedNames | null {
    this.#resolver.checkFolder(served, realPath);
    this.#reading = new NameReading(realPath, first);
    if (this.#reading.isLarge) return null;
    this.#reading.sortPiece();
    return this.#reading.takePiece() ?? NO_NAMES;
  }

  /** Sorts some of the names; returns whether all are sorted. */
  sortNames(): boolean {
    return this.#reading?.sortPiece() ?? true;
  }

  /** The next names; `null` at the end. */
  takeNames(): PackedNames | null {
    return this.#reading?.takePiece() ?? null;
  }

  /** See {@link inspectNames}. */
  inspectNames(served: ServedFolder, folder: ListedFolder, names: PackedNames): PackedEntries {
    return packInspected(inspectNames(this.#resolver, served, folder, unpackNames(names)));
  }
}
