import { join, SEPARATOR } from "@std/path";
import { pause } from "../async/pause.ts";
import { Semaphore } from "../async/semaphore.ts";
import { RequestError } from "../protocol/errors.ts";
import { isAllowedPath, PRIVATE_FOLDER } from "../protocol/path.ts";
import { asDiskError, asRequestError } from "./disk_error.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";

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
}

/** A file or folder, or another kind of entry, at the end of a path. */
export interface FoundPath {
  /** As in {@link StoredFile}. */
  readonly realPath: string;
  readonly info: Deno.FileInfo;
}

/** A file found by {@link DirectoryStore.walk}. */
export interface ListedFile extends StoredFile {
  /** Relative to the root, with `/`, in NFC. */
  readonly path: string;
}

/** The served folder: maps checked paths from peers to real paths inside the root. */
export class DirectoryStore {
  readonly #openChecks = new Semaphore(MAX_OPEN_CHECKS);

  /** @param root the real path of the folder, absolute */
  private constructor(readonly root: string) {}

  /**
   * Opens the folder, and creates it if missing.
   *
   * @throws {DiskError}
   */
  static async open(root: string): Promise<DirectoryStore> {
    try {
      await Deno.mkdir(root, { recursive: true });
      return new DirectoryStore(await Deno.realPath(root));
    } catch (error) {
      throw asDiskError(error, root, "serve");
    }
  }

  /**
   * Finds a regular file.
   *
   * @param path as returned by {@link checkPath}
   * @param found the fresh result of `lookUp` for this path, which saves a lookup
   * @throws {RequestError} `not-found`, `not-a-file`, `denied`; `bad-path` if a link leads out of
   * the root
   */
  async find(path: string, found?: FoundPath): Promise<StoredFile> {
    for (let lookups = 1, known = found;; lookups++, known = undefined) {
      const { realPath, info } = known ?? await this.lookUp(path);
      if (!info.isFile) throw new RequestError("not-a-file");
      const stamp = stampOf(info);
      if (!isJustWritten(stamp) || lookups === MAX_LOOKUPS) return { realPath, stamp };
      await pause(CLOCK_TICK_MS);
    }
  }

  /**
   * Finds the entry of any kind at a path, links followed.
   *
   * @param path as returned by {@link checkPath}, or `""` for the root
   * @throws {RequestError} `not-found`, `denied`; `bad-path` if a link leads out of the root
   */
  async lookUp(path: string): Promise<FoundPath> {
    try {
      const realPath = await this.#realPath(path);
      if (!this.isInside(realPath)) {
        const reason = "path-outside";
        throw new RequestError("bad-path", "Cannot serve this path: it leads out", { reason });
      }
      return { realPath, info: await Deno.lstat(realPath) };
    } catch (error) {
      throw asRequestError(error);
    }
  }

  /**
   * Checks that a file returned by `find` can be opened.
   *
   * @throws {RequestError} `denied`, or `busy` if the process is out of descriptors
   */
  checkReadable({ realPath }: StoredFile): Promise<void> {
    return this.#openChecks.run(async () => {
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

  /** All regular files below the root whose paths clients may request, links not followed. */
  async *walk(): AsyncGenerator<ListedFile> {
    yield* this.#walkFolder("");
  }

  async *#walkFolder(folder: string): AsyncGenerator<ListedFile> {
    for await (const entry of readFolder(join(this.root, folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (!isAllowedPath(path)) continue;
      if (entry.isDirectory) {
        yield* this.#walkFolder(path);
      } else if (entry.isFile) {
        const realPath = join(this.root, path);
        const info = await Deno.lstat(realPath).catch(() => null);
        if (info === null) continue;
        yield { path: path.normalize("NFC"), realPath, stamp: stampOf(info) };
      }
    }
  }

  async #realPath(path: string): Promise<string> {
    try {
      return await Deno.realPath(join(this.root, path));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || isAscii(path)) throw error;
      return await Deno.realPath(await this.#matchSpelling(path));
    }
  }

  /** The path on disk with the same components in NFC: some file systems decompose names. */
  async #matchSpelling(path: string): Promise<string> {
    let folder = this.root;
    for (const component of path.split("/")) {
      let match: string | null = null;
      for await (const entry of readFolder(folder)) {
        if (match !== component && entry.name.normalize("NFC") === component) match = entry.name;
      }
      if (match === null) throw new RequestError("not-found");
      folder = join(folder, match);
    }
    return folder;
  }

  /** Whether a real path is the root or below it, and not in the private folder. */
  isInside(realPath: string): boolean {
    return isInside(this.root, realPath);
  }
}

/** {@link DirectoryStore.isInside} for callers without a store. @param root its real path */
export function isInside(root: string, realPath: string): boolean {
  if (realPath === root) return true;
  const prefix = folderPrefix(root);
  if (!realPath.startsWith(prefix)) return false;
  return realPath.slice(prefix.length).split(SEPARATOR)[0] !== PRIVATE_FOLDER;
}

/** Whether a file could be written again without a change of its stamp. */
export function isJustWritten({ modifiedMs }: FileStamp): boolean {
  const ageMs = Date.now() - modifiedMs;
  return ageMs >= 0 && ageMs <= CLOCK_TICK_MS;
}

/** Whether a path is all ASCII, and so has a single Unicode spelling. */
export function isAscii(path: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are ASCII, too
  return /^[\u0000-\u007f]*$/.test(path);
}

/** The prefix of all paths below an absolute folder. */
export function folderPrefix(folder: string): string {
  return folder.endsWith(SEPARATOR) ? folder : folder + SEPARATOR;
}

/** The entries of a folder; none if it cannot be read. */
export async function* readFolder(folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
