import { join, SEPARATOR } from "@std/path";
import { RequestError } from "../protocol/errors.ts";
import { isAllowedPath, PRIVATE_FOLDER } from "../protocol/path.ts";
import { asDiskError, asRequestError } from "./disk_error.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";
import { Semaphore } from "../async/semaphore.ts";
import { pause } from "../async/pause.ts";

/**
 * Systems tell the time of a change by a clock that ticks every few milliseconds: a file that was
 * written just now could be written again and look the same. It is looked at a tick later, so that
 * its state tells it from what is written from then on.
 */
const CLOCK_TICK_MS = 10;
/** One that is written all the time must be served in some state. */
const MOST_LOOKS = 4;

/** Files open at once to see whether they can be: clients can ask for thousands together. */
const OPEN_AT_ONCE = 16;

/** A file that may be served: where it really is, and its state when it was looked up. */
export interface StoredFile {
  /** Absolute, links resolved. Never shown to a peer. */
  readonly realPath: string;
  /** Its state when it was found. */
  readonly stamp: FileStamp;
}

/** Whatever a path leads to. */
export interface FoundPath {
  /** As that of a {@link StoredFile}. */
  readonly realPath: string;
  readonly info: Deno.FileInfo;
}

/** A file in a listing. */
export interface ListedFile extends StoredFile {
  /** Relative to the root, with `/`, in NFC. */
  readonly path: string;
}

/** The served folder. Every name from a peer becomes a path here, or nowhere. */
export class DirectoryStore {
  readonly #opening = new Semaphore(OPEN_AT_ONCE);

  /** @param root the real path of the folder, absolute */
  private constructor(readonly root: string) {}

  /**
   * Opens the folder, which it makes if it is not there.
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
   * @param path as {@link checkPath} returned it
   * @param found what `lookUp` has just found there
   * @throws {RequestError} `not-found`, `not-a-file`, `denied`, `bad-path` where a link leads out
   * of the root
   */
  async find(path: string, found?: FoundPath): Promise<StoredFile> {
    for (let looks = 1, look = found;; looks++, look = undefined) {
      const { realPath, info } = look ?? await this.lookUp(path);
      if (!info.isFile) throw new RequestError("not-a-file");
      const stamp = stampOf(info);
      if (!isJustWritten(stamp) || looks === MOST_LOOKS) return { realPath, stamp };
      await pause(CLOCK_TICK_MS);
    }
  }

  /**
   * Finds whatever has that path, links followed.
   *
   * @param path as {@link checkPath} returned it, or `""` for the root
   * @throws {RequestError} `not-found`, `denied`, `bad-path` where a link leads out of the root
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
   * Makes sure that a file which `find` found can be read.
   *
   * @throws {RequestError} `denied`, or `busy` when descriptors have run out
   */
  checkReadable({ realPath }: StoredFile): Promise<void> {
    return this.#opening.run(async () => {
      try {
        (await Deno.open(realPath)).close();
      } catch (error) {
        throw asRequestError(error);
      }
    });
  }

  /**
   * Makes sure that a folder which `lookUp` found can be listed.
   *
   * @throws {RequestError} `denied`, or `busy` when descriptors have run out
   */
  async checkListable(realPath: string): Promise<void> {
    try {
      for await (const _ of Deno.readDir(realPath)) break;
    } catch (error) {
      throw asRequestError(error);
    }
  }

  /** All regular files below the root that clients can ask for, links not followed. */
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

  /** The path on disk whose components are the same in NFC: some systems keep them decomposed. */
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

  /** Whether a real path is the root or below it, and not in the folder for state of our own. */
  isInside(realPath: string): boolean {
    return isInside(this.root, realPath);
  }
}

/** {@link DirectoryStore.isInside} for whoever has no store. @param root its real path */
export function isInside(root: string, realPath: string): boolean {
  if (realPath === root) return true;
  const prefix = folderPrefix(root);
  if (!realPath.startsWith(prefix)) return false;
  return realPath.slice(prefix.length).split(SEPARATOR)[0] !== PRIVATE_FOLDER;
}

/** Whether a file could be written again without its state showing it. */
export function isJustWritten({ modifiedMs }: FileStamp): boolean {
  const ageMs = Date.now() - modifiedMs;
  return ageMs >= 0 && ageMs <= CLOCK_TICK_MS;
}

/** Whether a path is of ASCII only, and so has one spelling only. */
export function isAscii(path: string): boolean {
  // deno-lint-ignore no-control-regex -- that is what it is about
  return /^[\u0000-\u007f]*$/.test(path);
}

/** What the paths of everything below an absolute folder begin with. */
export function folderPrefix(folder: string): string {
  return folder.endsWith(SEPARATOR) ? folder : folder + SEPARATOR;
}

/** The entries of a folder; none where it cannot be read. */
export async function* readFolder(folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
