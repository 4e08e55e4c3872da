import { basename, SEPARATOR } from "./path.ts";
import { RequestError } from "../protocol/errors.ts";
import { isAscii } from "../protocol/text.ts";
import { asRequestError } from "./disk_error.ts";
import {
  checkStorable,
  folderIdentity,
  folderPrefix,
  isInside,
  isOwnEntry,
  type ServedFolder,
} from "./served_folder.ts";
import type { FoundFolder } from "./folders.ts";
import { checkRootSync } from "./served_root.ts";

/**
 * How long a folder that was looked at is trusted while it has the same identity: a deep path would
 * else cost a lookup of each of its folders, for each request.
 */
const TRUST_MS = 200;
/** The same in multiples of the time that looking took: else a slow system would do nothing else. */
const TRUST_FACTOR = 4;
/** Trusted folders: twice as many as a path can have components. */
const MAX_TRUSTED = 4_096;
/** Links on the way of a path, as on Linux. */
const MAX_LINKS = 40;
/** Elsewhere, a path may have another spelling or letter case than the names on disk. */
const NAMES_ARE_EXACT = Deno.build.os === "linux";

/** Where a path of a served folder leads. Can be sent from a worker. */
export interface ResolvedPath {
  /** Absolute, links resolved: of what is there, or of what would be made. Never sent to a peer. */
  readonly realPath: string;
  /** The deepest folder above it that exists, links resolved. */
  readonly existing: FoundFolder;
  /** `null` if nothing is there, which includes a link that leads nowhere. */
  readonly info: Deno.FileInfo | null;
  /** Whether a file is in the place of a folder on the way. */
  readonly isBlocked: boolean;
  /** Absolute: where the path led by all links but the last, if there was more than one. */
  readonly passed?: readonly string[];
}

/** Where a walk ended: at the end of the path, or at a link. */
type WalkResult = ResolvedPath | { readonly redirected: string };

interface Entry {
  readonly path: string;
  readonly info: Deno.FileInfo;
}

/**
 * Resolves the paths of a served folder. Synchronous, for use in a worker.
 *
 * It looks at each folder on the way: no link that leads out is followed, and no folder of the
 * programs' own entered. What was looked at is trusted for a fraction of a second, if the deepest such
 * folder is still the same one: a link in its place, or in that of a folder above it, leads to another.
 */
export class PathResolver {
  readonly #lstat: (path: string) => Deno.FileInfo;
  /** The identities of folders, by real path. */
  readonly #trusted = new Map<string, string>();
  /** Until when they are, a reading of `performance.now()`. */
  #trustedUntilMs = -Infinity;

  /** @param lstat examines an entry without following links */
  constructor(lstat: (path: string) => Deno.FileInfo = Deno.lstatSync) {
    this.#lstat = lstat;
  }

  /**
   * Finds out where a path leads.
   *
   * @param path as returned by `checkPath`, or `""` for the root
   * @throws {RequestError} `denied`; `bad-path` if a link leads out of the root, or the path to a file
   * of the programs' own; `busy` while the root is gone
   */
  resolve(served: ServedFolder, path: string): ResolvedPath {
    return this.resolveReal(served, realPathOf(served, path));
  }

  /** As `resolve`, for who has looked at the root in the same turn: a job of many paths does so once. */
  resolveInRoot(served: ServedFolder, path: string): ResolvedPath {
    return this.#resolveInRoot(served, realPathOf(served, path), true);
  }

  /** Finds out where an entry lies: as `resolve`, but a link at the end of the path is not followed. */
  resolveEntry(served: ServedFolder, path: string): ResolvedPath {
    return this.#resolve(served, realPathOf(served, path), false);
  }

  /**
   * Checks that an entry lies where `resolveEntry` found it, and looks at it again.
   *
   * @throws {RequestError} as `resolve`; `busy` if something else has taken the place of a folder
   */
  resolveEntryAgain(served: ServedFolder, realPath: string): ResolvedPath {
    const found = this.#resolve(served, realPath, false);
    if (found.realPath === realPath && realPath !== served.root) return found;
    throw new RequestError("busy");
  }

  /**
   * The same for an absolute path in the root. What was there without links is there again, unless
   * something else has taken its place.
   */
  resolveReal(served: ServedFolder, path: string): ResolvedPath {
    return this.#resolve(served, path, true);
  }

  #resolve(served: ServedFolder, path: string, followsLast: boolean): ResolvedPath {
    try {
      checkRootSync(served.servedRoot);
    } catch (error) {
      throw asRequestError(error);
    }
    return this.#resolveInRoot(served, path, followsLast);
  }

  #resolveInRoot(served: ServedFolder, path: string, followsLast: boolean): ResolvedPath {
    try {
      using _ = this.#beginLookup();
      const places: string[] = []; // Where links lead
      while (places.length <= MAX_LINKS) {
        const result = this.#walk(served, places.at(-1) ?? path, followsLast);
        if ("redirected" in result) places.push(result.redirected);
        else if (places.length < 2) return result;
        else return { ...result, passed: places.slice(0, -1) };
        // Only its own path says whether a link may be told of, and by a link it has another one
        if (places.length > 1 && !isInside(served, result.redirected)) break;
      }
      throw new RequestError("not-found");
    } catch (error) {
      throw asRequestError(error);
    }
  }

  /** Checks that a real path is still that of a folder. @throws {RequestError} as `resolve` */
  checkFolder(served: ServedFolder, realPath: string): void {
    const found = this.resolveReal(served, realPath);
    const isThere = found.realPath === realPath && found.info?.isDirectory === true;
    if (!isThere) throw new RequestError("not-found");
  }

  #beginLookup(): Disposable {
    const startedMs = performance.now();
    if (startedMs >= this.#trustedUntilMs) {
      this.#trustedUntilMs = startedMs + TRUST_MS;
      this.#trusted.clear();
    }
    const { size } = this.#trusted;
    return {
      [Symbol.dispose]: () => {
        // That happens to a bounded number of folders
        const tookMs = this.#trusted.size > size ? performance.now() - startedMs : 0;
        this.#trustedUntilMs += TRUST_FACTOR * tookMs;
      },
    };
  }

  #walk(served: ServedFolder, wanted: string, followsLast: boolean): WalkResult {
    const { root } = served;
    checkInside(served, wanted);
    if (wanted === root) return { ...missing(this.#folderAt(root), root), info: this.#lstat(root) };
    let folder = this.#deepestTrusted(root, wanted);
    for (let path = wanted;;) {
      const entry = this.#enter(folder.path, path);
      if (entry === null) return missing(folder, path);
      const rest = path.slice(endOfName(folder.path, path));
      const isFollowed = entry.info.isSymlink && (followsLast || rest !== "");
      if (isFollowed || !isEntryOf(folder.path, entry.path)) {
        const target = realPathOrNull(entry.path);
        if (target === null) return missing(folder, path);
        return { redirected: target + rest };
      }
      if (isOwnEntry(served, entry.path, entry.info)) throw reserved();
      path = entry.path + rest;
      if (rest === "") return { ...missing(folder, path), info: entry.info };
      if (!entry.info.isDirectory) return { ...missing(folder, path), isBlocked: true };
      folder = this.#trust(entry);
    }
  }

  /** The deepest folder above `wanted` that was looked at already, and still is the same. */
  #deepestTrusted(root: string, wanted: string): FoundFolder {
    for (let path = dirnameOf(wanted); path.length > root.length; path = dirnameOf(path)) {
      const identity = this.#trusted.get(path);
      if (identity === undefined) continue;
      const info = this.#lstatOrNull(path);
      const isSame = info?.isDirectory === true && folderIdentity(info) === identity;
      if (isSame) return { path, identity };
      this.#trusted.delete(path);
    }
    return this.#folderAt(root);
  }

  #folderAt(root: string): FoundFolder {
    return { path: root, identity: folderIdentity(this.#lstat(root)) };
  }

  #trust({ path, info }: Entry): FoundFolder {
    const identity = folderIdentity(info);
    if (identity !== null && this.#trusted.size < MAX_TRUSTED) this.#trusted.set(path, identity);
    return { path, identity };
  }

  /** The next entry on the way to `path`; `null` if there is none. */
  #enter(folder: string, path: string): Entry | null {
    const next = path.slice(0, endOfName(folder, path));
    const exact = this.#lstatOrNull(next);
    const spelled = exact === null ? findSpelling(folder, basename(next)) : next;
    const info = exact ?? (spelled === null ? null : this.#lstatOrNull(spelled));
    if (spelled === null || info === null) return null;
    const isFinal = NAMES_ARE_EXACT || info.isSymlink;
    return { path: isFinal ? spelled : Deno.realPathSync(spelled), info };
  }

  #lstatOrNull(path: string): Deno.FileInfo | null {
    return orNull(() => this.#lstat(path));
  }
}

function missing(existing: FoundFolder, realPath: string): ResolvedPath {
  return { realPath, existing, info: null, isBlocked: false };
}

/** Whether a path is that of an entry of a folder, and not of something below one. */
function isEntryOf(folder: string, path: string): boolean {
  const prefix = folderPrefix(folder);
  return path.startsWith(prefix) && path.lastIndexOf(SEPARATOR) === prefix.length - 1;
}

/** Where the name ends that follows a folder in the path of something in it. */
function endOfName(folder: string, path: string): number {
  const end = path.indexOf(SEPARATOR, folderPrefix(folder).length);
  return end < 0 ? path.length : end;
}

/** As `dirname`, of an absolute path in normal form, in constant time. */
function dirnameOf(path: string): string {
  return path.slice(0, path.lastIndexOf(SEPARATOR));
}

function realPathOf(served: ServedFolder, path: string): string {
  checkStorable(path);
  return path === "" ? served.root : folderPrefix(served.root) + toSystem(path);
}

function toSystem(path: string): string {
  return SEPARATOR === "/" ? path : path.replaceAll("/", SEPARATOR);
}

/** The path of the entry whose name has the same NFC: some file systems decompose names. */
function findSpelling(folder: string, name: string): string | null {
  if (isAscii(name)) return null;
  try {
    for (const entry of Deno.readDirSync(folder)) {
      if (entry.name.normalize("NFC") === name) return folderPrefix(folder) + entry.name;
    }
  } catch {
    // Not readable: then there is only the name as it is
  }
  return null;
}

/** `null` also for what has a name that is not UTF-8: no path leads there. */
function realPathOrNull(path: string): string | null {
  try {
    return orNull(() => Deno.realPathSync(path));
  } catch (error) {
    if (asRequestError(error).cause instanceof Deno.errors.InvalidData) return null;
    throw error;
  }
}

/** `null` for what is missing, for a circle of links, and for a name that the system does not allow. */
function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (asRequestError(error).code === "not-found") return null;
    throw error;
  }
}

function checkInside(served: ServedFolder, realPath: string): void {
  if (isInside(served, realPath)) return;
  if (realPath.startsWith(folderPrefix(served.root))) throw reserved();
  const reason = "path-outside";
  throw new RequestError("bad-path", "Cannot serve this path: it leads out", { reason });
}

function reserved(): RequestError {
  const reason = "path-reserved";
  return new RequestError("bad-path", "Cannot serve this path: it is the server's own", { reason });
}
