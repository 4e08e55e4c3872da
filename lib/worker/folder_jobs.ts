import { type FoundName, NameReading, type PackedNames } from "../files/folder_names.ts";
import { type Inspected, inspectNames, type ListedFolder } from "../files/inspect_names.ts";
import { makeServedFolder, type NewFolder } from "../files/new_folder.ts";
import type { PathResolver, ResolvedPath } from "../files/path_resolver.ts";
import type { ServedFolder } from "../files/served_folder.ts";
import { openSmall } from "../files/small_content.ts";
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

  /** See {@link makeServedFolder}. */
  makeFolder(served: ServedFolder, path: string, allowed: string): NewFolder {
    return makeServedFolder(this.#resolver, served, path, allowed);
  }

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
  inspectNames(
    served: ServedFolder,
    folder: ListedFolder,
    names: readonly FoundName[],
  ): Inspected[] {
    return inspectNames(this.#resolver, served, folder, names);
  }
}
