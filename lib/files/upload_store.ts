import { basename, dirname, join } from "@std/path";
import { createHash, randomUUID } from "node:crypto";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { lastComponent } from "../protocol/path.ts";
import { type DirectoryStore, isAscii } from "./directory_store.ts";
import { asRequestError } from "./disk_error.ts";
import { makeMissing } from "./folders.ts";
import type { FileTarget } from "./part_file.ts";
import { checkStorable } from "./served_folder.ts";
import { KEYED_SUFFIX, UNKEYED_SUFFIX, UploadParts } from "./upload_parts.ts";

/** How long the result of a folder lookup is reused. */
const LOOKUP_REUSE_MS = 200;

interface FolderLookup {
  /** Relative to the root. */
  readonly path: string;
  /** `performance.now()` at the lookup. */
  readonly atMs: number;
  readonly found: Promise<FinalFolder>;
}

/** A folder that need not exist yet. */
interface FinalFolder {
  readonly directory: string;
  /** The folder itself, or the deepest one above it that exists. */
  readonly existing: string;
}

/** The final folder and name of an upload. */
export interface UploadPlace extends FinalFolder {
  readonly name: string;
}

/** Identifies an upload that can be resumed. */
export interface UploadKey {
  /** Name of the account that uploads, or `null` for a guest. */
  readonly user: string | null;
  readonly path: string;
  readonly sizeBytes: number;
  readonly key: string;
}

/**
 * Finds the places of uploads. Their parts lie in a private folder beside the final place, so that
 * they need not be moved to another file system.
 */
export class UploadStore {
  readonly parts: UploadParts;
  readonly #store: DirectoryStore;
  #lastLookup: FolderLookup | null = null;

  /** Writes below the root of `store`. @param maxPartBytes see {@link UploadParts} */
  constructor(store: DirectoryStore, maxPartBytes: number = LIMITS.unfinishedUploadBytes) {
    this.#store = store;
    this.parts = new UploadParts(store.root, maxPartBytes);
  }

  /**
   * Finds the final folder and name of an upload, without writing to the disk.
   *
   * @param path as returned by `checkPath`
   * @throws {RequestError} `exists` if the file exists and `replace` is not set; `not-a-file` if
   * the path is no file, or a component above it no folder; `bad-path` if a link leads out
   */
  async resolve(path: string, replace: boolean): Promise<UploadPlace> {
    const existing = await this.#find(path);
    if (existing !== null) {
      if (!existing.info.isFile) throw new RequestError("not-a-file");
      if (!replace) throw new RequestError("exists");
      // If the path is a link, its target is replaced
      const directory = dirname(existing.realPath);
      return { directory, existing: directory, name: basename(existing.realPath) };
    }
    return { ...await this.#finalFolder(path), name: lastComponent(path) };
  }

  /**
   * As `place` without `replace`, for many uploads to one folder: reuses the lookup of the folder,
   * and leaves it to `commit` to find a name taken.
   *
   * @throws {RequestError} `not-a-file`, `bad-path`
   */
  async resolveNew(path: string): Promise<UploadPlace> {
    if (!isAscii(path)) return await this.resolve(path, false);
    checkStorable(path);
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const nowMs = performance.now();
    const last = this.#lastLookup;
    if (last?.path === folder && nowMs - last.atMs < LOOKUP_REUSE_MS) {
      return { ...await last.found, name: lastComponent(path) };
    }
    const found = this.#finalFolder(path);
    this.#lastLookup = { path: folder, atMs: nowMs, found };
    return { ...await found, name: lastComponent(path) };
  }

  /**
   * The absolute path of the folder that contains `path`, which need not exist yet.
   *
   * @throws {RequestError} `not-a-file`, `bad-path`
   */
  async folderFor(path: string): Promise<string> {
    return (await this.#finalFolder(path)).directory;
  }

  /**
   * Creates a folder and its parents.
   *
   * @throws {RequestError} `not-a-file`, `bad-path`, `denied`, `no-space`
   */
  async makeFolder(path: string): Promise<void> {
    if (path === "") return;
    const { directory } = await this.#folder(path);
    try {
      await makeMissing(directory);
    } catch (error) {
      throw asRequestError(error);
    }
  }

  /** The destination of an upload. @param key `null` if the upload cannot be resumed */
  async target(
    { directory, existing, name }: UploadPlace,
    replace: boolean,
    key: UploadKey | null,
  ): Promise<FileTarget> {
    const partName = key === null ? randomUUID() + UNKEYED_SUFFIX : keyedName(key);
    return {
      directory,
      name,
      partBase: await this.parts.baseOf(existing, partName, key !== null),
      partName,
      root: this.#store.folder.servedRoot,
      ifTaken: replace ? "replace" : "refuse",
      keepBytes: key?.sizeBytes ?? 0,
      staysOnError: false,
    };
  }

  /** The folder that contains `path`. */
  async #finalFolder(path: string): Promise<FinalFolder> {
    const slash = path.lastIndexOf("/");
    const { root } = this.#store;
    return slash < 0
      ? { directory: root, existing: root }
      : await this.#folder(path.slice(0, slash));
  }

  /** The folder at `path`. */
  async #folder(path: string): Promise<FinalFolder> {
    const found = await this.#find(path);
    if (found !== null) {
      if (!found.info.isDirectory) throw new RequestError("not-a-file");
      return { directory: found.realPath, existing: found.realPath };
    }
    const { directory, existing } = await this.#finalFolder(path);
    return { directory: join(directory, lastComponent(path)), existing };
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
