import { pause } from "../async/pause.ts";
import { Semaphore } from "../async/semaphore.ts";
import { RequestError } from "../protocol/errors.ts";
import { asDiskError, asRequestError } from "./disk_error.ts";
import { type FileStamp, isExecutable, stampOf, versionTag } from "./file_stamp.ts";
import { OwnFiles } from "./own_files.ts";
import { PathResolver, type ResolvedPath } from "./path_resolver.ts";
import { describeRoot, isSameRoot, rootGone, type ServedRoot } from "./served_root.ts";
import { pathBelow, type ServedFolder } from "./served_folder.ts";
import { type ListedFile, looksHere, type ServedLooks, walkServed } from "./served_walk.ts";

/**
 * Modification times come from a clock that ticks every few milliseconds: a file written within the
 * last tick could be written again and keep its stamp. Such a file is looked up again one tick
 * later, so that any later write changes its stamp.
 */
const CLOCK_TICK_MS = 10;
/** A file that is written all the time is served in the state of the last lookup. */
const MAX_LOOKUPS = 4;

/** Concurrent readability checks, each with a descriptor: clients can ask for thousands. */
const MAX_OPEN_CHECKS = 16;

/** A file that may be served. */
export interface StoredFile {
  /** Absolute, links resolved. Never sent to a peer. */
  readonly realPath: string;
  /** The stamp when the file was looked up. */
  readonly stamp: FileStamp;
  /** As in {@link ResolvedPath}, where that is not empty. */
  readonly passed?: readonly string[];
  /** Whether the path must still be a real one when the file is open: no link has come into it. */
  readonly isConfined?: boolean;
  /** Whether its owner may execute it; absent where not. */
  readonly isExecutable?: boolean;
  /**
   * Where its bytes are as long as they still arrive: `realPath` is where they are then. Only this program
   * writes to either, so that the stamp is not compared. Absent for all other files.
   */
  readonly arrivingPath?: string;
  /** Its SHA-256 in hex, where that is known apart from the index of hashes. */
  readonly sha256?: string;
  /** Its version tag, where the stamp does not tell that, … */
  readonly version?: string;
  /** … and its time of modification to be told, in milliseconds since 1970. */
  readonly modifiedMs?: number;
  /** Whether its bytes have to come from another server: `realPath` is where they would be. Absent where not. */
  readonly isElsewhere?: boolean;
}

/** The time of modification of a file, in milliseconds since 1970. */
export function modifiedOf({ modifiedMs, stamp }: StoredFile): number {
  return modifiedMs ?? stamp.modifiedMs;
}

/** The version tag of a file: it changes whenever the content may have. */
export function versionOf({ version, stamp }: StoredFile): string {
  return version ?? versionTag(stamp);
}

/** The file that `stat` has told of. @param found what is known of it apart from that */
export function storedFile(found: Omit<StoredFile, "stamp">, info: Deno.FileInfo): StoredFile {
  return { ...found, stamp: stampOf(info), ...(isExecutable(info) && { isExecutable: true }) };
}

/** A file or folder, or another kind of entry, at the end of a path. */
export interface FoundPath {
  /** As in {@link StoredFile}. */
  readonly realPath: string;
  readonly info: Deno.FileInfo;
  /** As in {@link ResolvedPath}. */
  readonly passed?: readonly string[];
}

/** Resolves a path as {@link PathResolver} does: in a thread, or here. */
export type Resolve = (path: string) => Promise<ResolvedPath>;

/** The served folder: maps checked paths from peers to real paths inside the root. */
export class DirectoryStore {
  readonly #openChecks = new Semaphore(MAX_OPEN_CHECKS);
  readonly #own: OwnFiles;
  #servedRoot: ServedRoot;
  readonly #resolver = new PathResolver();
  /** See `folder`. The same object until it changes: a message to a worker holds it once. */
  #folder: ServedFolder | null = null;

  private constructor(
    /** The real path of the folder, absolute. */
    readonly root: string,
    servedRoot: ServedRoot,
    own: OwnFiles,
  ) {
    this.#servedRoot = servedRoot;
    this.#own = own;
  }

  /**
   * Opens the folder, and creates it if missing.
   *
   * @param ownPaths the programs' own files and folders, which need not exist: if they are in the
   * folder, they are as if they were not
   * @throws {DiskError}
   */
  static async open(root: string, ownPaths: readonly string[] = []): Promise<DirectoryStore> {
    try {
      await Deno.mkdir(root, { recursive: true });
      const path = await Deno.realPath(root);
      const servedRoot = describeRoot(path, await Deno.stat(path));
      const store = new DirectoryStore(path, servedRoot, new OwnFiles(ownPaths, path));
      await store.refreshOwn();
      return store;
    } catch (error) {
      throw asDiskError(error, root, "serve");
    }
  }

  /** The folder, for a worker. */
  get folder(): ServedFolder {
    return this.#folder ??= {
      root: this.root,
      servedRoot: this.#servedRoot,
      ...this.#own.found,
    };
  }

  /**
   * Checks that the folder is still there, and not another one at its path.
   *
   * @throws {DiskError} `root-gone`
   */
  async checkRoot(): Promise<void> {
    const info = await Deno.stat(this.root).catch(() => null);
    const found = info === null ? null : describeRoot(this.root, info);
    if (found === null || !isSameRoot(this.#servedRoot, found)) throw rootGone(this.#servedRoot);
    this.#servedRoot = found; // A disk that is mounted again may have another device number
    this.#folder = null;
  }

  /** Looks again for the programs' own files. To be called often: they come and go. */
  async refreshOwn(): Promise<void> {
    await this.#own.refresh();
    this.#folder = null;
  }

  /**
   * Finds a regular file.
   *
   * @param path as returned by {@link checkPath}
   * @param found the fresh result of `lookUp` for this path, which saves a lookup
   * @param resolve default: in this isolate, which waits for the disk
   * @throws {RequestError} `not-found`, `not-a-file`, `denied`; `bad-path` if a link leads out of
   * the root
   */
  async find(
    path: string,
    { found, resolve }: { readonly found?: FoundPath; readonly resolve?: Resolve } = {},
  ): Promise<StoredFile> {
    for (let lookups = 1, known = found;; lookups++, known = undefined) {
      const { realPath, info, passed = [] } = known ?? await this.lookUp(path, resolve);
      if (!info.isFile) throw new RequestError("not-a-file");
      const file = storedFile({ realPath, ...(passed.length > 0 && { passed }) }, info);
      if (!isJustWritten(file.stamp) || lookups === MAX_LOOKUPS) return file;
      await pause(CLOCK_TICK_MS);
    }
  }

  /**
   * Finds the entry of any kind at a path, links followed.
   *
   * @param path as returned by {@link checkPath}, or `""` for the root
   * @param resolve default: in this isolate, which waits for the disk
   * @throws {RequestError} `not-found`; what {@link PathResolver.resolve} throws
   */
  async lookUp(path: string, resolve: Resolve = this.resolve): Promise<FoundPath> {
    const { realPath, info, passed = [] } = await resolve(path);
    if (info === null) throw new RequestError("not-found");
    return { realPath, info, passed };
  }

  /** Resolves a path in this isolate, which waits for the disk. */
  readonly resolve: Resolve = async (path) => {
    return await this.#resolver.resolve(this.folder, path);
  };

  /**
   * Checks that a file returned by `find` can be opened. One whose bytes are elsewhere is not there to be opened.
   *
   * @throws {RequestError} `denied`, or `busy` if the process is out of descriptors
   */
  async checkReadable({ realPath, isElsewhere = false }: StoredFile): Promise<void> {
    if (isElsewhere) return;
    await this.#openChecks.run(async () => {
      try {
        (await Deno.open(realPath)).close();
      } catch (error) {
        throw asRequestError(error);
      }
    });
  }

  /**
   * Checks that a folder returned by `lookUp` can be listed.
   *
   * @throws {RequestError} `denied`, or `busy` if the process is out of descriptors
   */
  async checkListable(realPath: string): Promise<void> {
    try {
      for await (const _ of Deno.readDir(realPath)) break;
    } catch (error) {
      throw asRequestError(error);
    }
  }

  /** Whether the root has no entries; `false` if it cannot be read. */
  async isEmpty(): Promise<boolean> {
    try {
      for await (const _ of Deno.readDir(this.root)) return false;
      return true;
    } catch {
      return false;
    }
  }

  /**
   * All regular files below the root whose paths clients may request, links not followed.
   *
   * @param looks default: in this isolate, which waits for the disk
   */
  walk(looks: ServedLooks = looksHere(() => this.folder)): AsyncGenerator<ListedFile> {
    return walkServed(this.root, looks);
  }

  /**
   * The path of what a path leads to, links resolved. Rights have to hold for both: a link must not
   * open what is closed where it lies.
   *
   * @param realPath inside the root; need not exist
   */
  truePath(realPath: string): string {
    return pathBelow(this.root, realPath);
  }
}

/** Whether a file could be written again without a change of its stamp. */
export function isJustWritten({ modifiedMs }: FileStamp): boolean {
  const ageMs = Date.now() - modifiedMs;
  return ageMs >= 0 && ageMs <= CLOCK_TICK_MS;
}

/** The entries of a folder; none if it cannot be read. */
export async function* readFolder(folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
