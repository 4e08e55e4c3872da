import { createHash, randomUUID } from "node:crypto";
import { basename, dirname, join } from "@std/path";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { lastComponent, PRIVATE_FOLDER } from "../protocol/path.ts";
import { type DirectoryStore, isAscii } from "./directory_store.ts";
import { asRequestError } from "./disk_error.ts";
import { makeMissing } from "./folders.ts";
import type { FileTarget } from "./part_file.ts";

/** An upload that can be gone on with has a part of this kind … */
const KEYED_SUFFIX = ".upload";
/** … and one that cannot, of this: it is worth nothing once its upload is over. */
const UNKEYED_SUFFIX = ".once";

/** So long a folder that was looked up is taken to be where it was. */
const FRESH_MS = 200;

/** A folder that was looked up last. */
interface FoundFolder {
  /** Relative to the root. */
  readonly path: string;
  /** A reading of `performance.now()`. */
  readonly atMs: number;
  readonly found: Promise<string>;
}

/** What names an upload that can be gone on with. */
export interface UploadKey {
  /** Whose it is: the account's name, or `null` for a guest. */
  readonly user: string | null;
  readonly path: string;
  readonly sizeBytes: number;
  readonly key: string;
}

/** The uploads under way: they lie in a folder of our own, on the file system of the root. */
export class UploadStore {
  readonly #store: DirectoryStore;
  readonly #folder: string;
  #last: FoundFolder | null = null;

  /** Uses the store, whose root it writes to. */
  constructor(store: DirectoryStore) {
    this.#store = store;
    this.#folder = join(store.root, PRIVATE_FOLDER);
  }

  /**
   * Finds the place for an upload, without changing anything.
   *
   * @param path as the path rules want it
   * @throws {RequestError} `exists` unless it may be replaced; `not-a-file` where something else
   * than a file has the name or stands in the way; `bad-path` where a link leads out of the root
   */
  async place(path: string, replace: boolean): Promise<{ directory: string; name: string }> {
    const existing = await this.#find(path);
    if (existing !== null) {
      if (!existing.info.isFile) throw new RequestError("not-a-file");
      if (!replace) throw new RequestError("exists");
      // Where the name is a link, what it leads to is replaced
      return { directory: dirname(existing.realPath), name: basename(existing.realPath) };
    }
    return { directory: await this.folderFor(path), name: lastComponent(path) };
  }

  /**
   * Finds the place for an upload that is to replace nothing, for one of many in the same folder:
   * whether its name is taken comes out when it is to get it.
   *
   * @throws {RequestError} `not-a-file`, `bad-path`
   */
  async placeNew(path: string): Promise<{ directory: string; name: string }> {
    if (!isAscii(path)) return await this.place(path, false);
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const nowMs = performance.now();
    const isFresh = this.#last?.path === folder && nowMs - this.#last.atMs < FRESH_MS;
    if (this.#last === null || !isFresh) {
      this.#last = { path: folder, atMs: nowMs, found: this.folderFor(path) };
    }
    return { directory: await this.#last.found, name: lastComponent(path) };
  }

  /**
   * The absolute path that the folder of `path` has, or will have once it is made.
   *
   * @throws {RequestError} `not-a-file`, `bad-path`
   */
  async folderFor(path: string): Promise<string> {
    const slash = path.lastIndexOf("/");
    return slash < 0 ? this.#store.root : await this.#folderPath(path.slice(0, slash));
  }

  /**
   * Makes a folder and those above it.
   *
   * @throws {RequestError} `not-a-file`, `bad-path`, `denied`, `no-space`
   */
  async makeFolder(path: string): Promise<void> {
    if (path === "") return;
    const folder = await this.#folderPath(path);
    try {
      await makeMissing(folder);
    } catch (error) {
      throw asRequestError(error);
    }
  }

  /** Where the bytes of an upload go, and where they end up. */
  target(
    place: { readonly directory: string; readonly name: string },
    replace: boolean,
    key: UploadKey | null,
  ): FileTarget {
    const name = key === null ? randomUUID() + UNKEYED_SUFFIX : keyedName(key);
    return {
      ...place,
      partPath: join(this.#folder, name),
      ifTaken: replace ? "replace" : "refuse",
      keepBytes: key?.sizeBytes ?? 0,
      staysOnError: false,
    };
  }

  /**
   * Removes the parts of uploads that broke off too long ago, and those that nobody can go on with.
   * Parts that somebody writes are left alone.
   *
   * @param nowMs milliseconds since 1970
   */
  async sweep(nowMs: number): Promise<void> {
    const beforeMs = nowMs - LIMITS.unfinishedUploadMs;
    try {
      for await (const { name, isFile } of Deno.readDir(this.#folder)) {
        if (!isFile || !/\.(upload|once)$/.test(name)) continue;
        await removeOld(join(this.#folder, name), name.endsWith(UNKEYED_SUFFIX) ? nowMs : beforeMs);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #folderPath(path: string): Promise<string> {
    const existing = await this.#find(path);
    if (existing !== null) {
      if (!existing.info.isDirectory) throw new RequestError("not-a-file");
      return existing.realPath;
    }
    return join(await this.folderFor(path), lastComponent(path));
  }

  async #find(path: string): Promise<{ realPath: string; info: Deno.FileInfo } | null> {
    try {
      return await this.#store.lookUp(path);
    } catch (error) {
      if (error instanceof RequestError && error.code === "not-found") return null;
      throw error;
    }
  }
}

function keyedName({ user, path, sizeBytes, key }: UploadKey): string {
  const name = JSON.stringify([user, path, sizeBytes, key]);
  return createHash("sha256").update(name).digest("hex") + KEYED_SUFFIX;
}

/**
 * Removes a file that nobody has locked, if nobody has written to it since, or it has its name. The
 * time of modification tells nothing: a whole part has the one that its client gave it.
 */
async function removeOld(path: string, beforeMs: number): Promise<void> {
  try {
    using file = await Deno.open(path, { read: true, write: true });
    const { ctime, mtime, nlink } = await file.stat();
    const changed = ctime ?? mtime;
    const isOver = changed === null || changed.getTime() <= beforeMs || (nlink ?? 1) > 1;
    if (isOver && await file.tryLock(true)) await Deno.remove(path);
  } catch {
    // Gone already, or not ours to remove
  }
}
