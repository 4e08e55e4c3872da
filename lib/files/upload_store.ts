import { basename, dirname, join } from "@std/path";
import { createHash, randomUUID } from "node:crypto";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { lastComponent, PRIVATE_FOLDER } from "../protocol/path.ts";
import { type DirectoryStore, isAscii } from "./directory_store.ts";
import { asRequestError } from "./disk_error.ts";
import { makeMissing } from "./folders.ts";
import type { FileTarget } from "./part_file.ts";

/** Suffix of the part of an upload that can be resumed … */
const KEYED_SUFFIX = ".upload";
/** … and of one that cannot: useless once the upload has ended. */
const UNKEYED_SUFFIX = ".once";

/** How long the result of a folder lookup is reused. */
const LOOKUP_REUSE_MS = 200;

interface FolderLookup {
  /** Relative to the root. */
  readonly path: string;
  /** `performance.now()` at the lookup. */
  readonly atMs: number;
  readonly found: Promise<string>;
}

/** Identifies an upload that can be resumed. */
export interface UploadKey {
  /** Name of the account that uploads, or `null` for a guest. */
  readonly user: string | null;
  readonly path: string;
  readonly sizeBytes: number;
  readonly key: string;
}

/** Uploads under way: their parts lie in the private folder, on the file system of the root. */
export class UploadStore {
  readonly #store: DirectoryStore;
  readonly #folder: string;
  #lastLookup: FolderLookup | null = null;

  /** Writes below the root of `store`. */
  constructor(store: DirectoryStore) {
    this.#store = store;
    this.#folder = join(store.root, PRIVATE_FOLDER);
  }

  /**
   * Finds the final folder and name of an upload, without writing to the disk.
   *
   * @param path as returned by `checkPath`
   * @throws {RequestError} `exists` if the file exists and `replace` is not set; `not-a-file` if
   * the path is no file, or a component above it no folder; `bad-path` if a link leads out
   */
  async resolve(path: string, replace: boolean): Promise<{ directory: string; name: string }> {
    const existing = await this.#find(path);
    if (existing !== null) {
      if (!existing.info.isFile) throw new RequestError("not-a-file");
      if (!replace) throw new RequestError("exists");
      // If the path is a link, its target is replaced
      return { directory: dirname(existing.realPath), name: basename(existing.realPath) };
    }
    return { directory: await this.folderFor(path), name: lastComponent(path) };
  }

  /**
   * As `place` without `replace`, for many uploads to one folder: reuses the lookup of the folder,
   * and leaves it to `commit` to find a name taken.
   *
   * @throws {RequestError} `not-a-file`, `bad-path`
   */
  async resolveNew(path: string): Promise<{ directory: string; name: string }> {
    if (!isAscii(path)) return await this.resolve(path, false);
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const nowMs = performance.now();
    const last = this.#lastLookup;
    if (last?.path === folder && nowMs - last.atMs < LOOKUP_REUSE_MS) {
      return { directory: await last.found, name: lastComponent(path) };
    }
    const found = this.folderFor(path);
    this.#lastLookup = { path: folder, atMs: nowMs, found };
    return { directory: await found, name: lastComponent(path) };
  }

  /**
   * The absolute path of the folder that contains `path`, which need not exist yet.
   *
   * @throws {RequestError} `not-a-file`, `bad-path`
   */
  async folderFor(path: string): Promise<string> {
    const slash = path.lastIndexOf("/");
    return slash < 0 ? this.#store.root : await this.#folderPath(path.slice(0, slash));
  }

  /**
   * Creates a folder and its parents.
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

  /** The destination of an upload. @param key `null` if the upload cannot be resumed */
  target(
    final: { readonly directory: string; readonly name: string },
    replace: boolean,
    key: UploadKey | null,
  ): FileTarget {
    const name = key === null ? randomUUID() + UNKEYED_SUFFIX : keyedName(key);
    return {
      ...final,
      partPath: join(this.#folder, name),
      ifTaken: replace ? "replace" : "refuse",
      keepBytes: key?.sizeBytes ?? 0,
      staysOnError: false,
    };
  }

  /**
   * Removes the parts of uploads that were interrupted too long ago, or cannot be resumed. Locked
   * parts, which an upload is writing, stay.
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
 * Removes an unlocked part that was not written after `beforeMs`, or has its final name, too. The
 * time of modification cannot serve for that: a whole part has the one that its client sent.
 */
async function removeOld(path: string, beforeMs: number): Promise<void> {
  try {
    using file = await Deno.open(path, { read: true, write: true });
    const { ctime, mtime, nlink } = await file.stat();
    const changed = ctime ?? mtime;
    const isOver = changed === null || changed.getTime() <= beforeMs || (nlink ?? 1) > 1;
    if (isOver && await file.tryLock(true)) await Deno.remove(path);
  } catch {
    // Gone already, or no permission
  }
}
