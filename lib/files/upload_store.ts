import { basename, dirname, join } from "./path.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { isLinkId, linkOfUser } from "../protocol/link_key.ts";
import { lastComponent } from "../protocol/path.ts";
import { digestText } from "./digest_text.ts";
import type { DirectoryStore, Resolve } from "./directory_store.ts";
import type { FoundFolder } from "./folders.ts";
import type { FileTarget } from "./part_file.ts";
import { isAscii } from "../protocol/text.ts";
import type { ResolvedPath } from "./path_resolver.ts";
import { ReservedSpace } from "./reserved_space.ts";
import { checkStorable, folderIdentity } from "./served_folder.ts";
import { KEYED_SUFFIX, UNKEYED_SUFFIX, UploadParts } from "./upload_parts.ts";

/** How long the result of a folder lookup is reused. */
const LOOKUP_REUSE_MS = 200;

interface FolderLookup {
  /** Relative to the root. */
  readonly path: string;
  /** `performance.now()` at the lookup. */
  readonly atMs: number;
  readonly found: Promise<Omit<UploadPlace, "name">>;
}

/** The final folder and name of an upload. */
export interface UploadPlace {
  /** Links resolved; need not exist yet. */
  readonly directory: string;
  readonly name: string;
  /** The folder itself, or the deepest one above it that exists. */
  readonly existing: FoundFolder;
  /** As in {@link ResolvedPath}. */
  readonly passed: readonly string[];
}

/** Identifies an upload that can be resumed. */
export interface UploadKey {
  /** Name of the account that uploads, `link:ID` by a link, or `null` for a guest. */
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
  /** The space of those under way. */
  readonly space: ReservedSpace = new ReservedSpace();
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
   * @param resolve default: in this isolate, which waits for the disk
   * @throws {RequestError} `exists` if the file exists and `replace` is not set; `not-a-file` if
   * the path is no file, or a component above it no folder; `bad-path` if a link leads out
   */
  async resolve(path: string, replace: boolean, resolve?: Resolve): Promise<UploadPlace> {
    const found = await this.#resolve(path, resolve);
    if (found.isBlocked || found.info?.isFile === false) throw new RequestError("not-a-file");
    if (found.info !== null && !replace) throw new RequestError("exists");
    // If the path is a link, its target is replaced
    const { realPath, existing, passed = [] } = found;
    return { directory: dirname(realPath), name: basename(realPath), existing, passed };
  }

  /**
   * As `resolve` without `replace`, for many uploads to one folder: reuses the lookup of the folder,
   * and leaves it to `commit` to find a name taken.
   *
   * @throws {RequestError} `not-a-file`, `bad-path`
   */
  async resolveNew(path: string, resolve?: Resolve): Promise<UploadPlace> {
    const name = lastComponent(path);
    if (!isAscii(name)) return await this.resolve(path, false, resolve);
    checkStorable(path);
    const folder = path.slice(0, Math.max(0, path.length - name.length - 1));
    const nowMs = performance.now();
    const last = this.#lastLookup;
    if (last?.path === folder && nowMs - last.atMs < LOOKUP_REUSE_MS) {
      return placeIn(await last.found, name);
    }
    const found = this.#resolveFolder(folder, resolve);
    this.#lastLookup = { path: folder, atMs: nowMs, found };
    return placeIn(await found, name);
  }

  /** The destination of an upload. @param key `null` if the upload cannot be resumed */
  async target(
    { directory, existing, name }: UploadPlace,
    replace: boolean,
    key: UploadKey | null,
  ): Promise<FileTarget> {
    const partName = key === null ? crypto.randomUUID() + UNKEYED_SUFFIX : keyedName(key);
    return {
      directory,
      name,
      partBase: await this.parts.baseOf(existing.path, partName, key !== null),
      partName,
      root: this.#store.folder.servedRoot,
      existing,
      ifTaken: replace ? "replace" : "refuse",
      keepBytes: key?.sizeBytes ?? 0,
      staysOnError: false,
    };
  }

  async #resolveFolder(path: string, resolve?: Resolve): Promise<Omit<UploadPlace, "name">> {
    const found = await this.#resolve(path, resolve);
    if (found.isBlocked || found.info?.isDirectory === false) throw new RequestError("not-a-file");
    const { realPath: directory, existing, info, passed = [] } = found;
    if (info === null) return { directory, existing, passed };
    return { directory, existing: { path: directory, identity: folderIdentity(info) }, passed };
  }

  #resolve(path: string, resolve: Resolve = this.#store.resolve): Promise<ResolvedPath> {
    return resolve(path);
  }
}

function placeIn({ passed, ...folder }: Omit<UploadPlace, "name">, name: string): UploadPlace {
  return { ...folder, passed: passed.map((path) => join(path, name)), name };
}

/** It tells the link that a part has come by: what is kept counts among the bytes of that. */
function keyedName({ user, path, sizeBytes, key }: UploadKey): string {
  const name = JSON.stringify([user, path, sizeBytes, key]);
  const link = user === null ? null : linkOfUser(user);
  return digestText(name) + (link === null ? "" : `.${link}`) + KEYED_SUFFIX;
}

/** The link that a part has come by; `null` for one of an account or a guest. */
export function linkOfPart(partName: string): string | null {
  const [, link = "", ending] = partName.split(".");
  return `.${ending}` === KEYED_SUFFIX && isLinkId(link) ? link : null;
}
