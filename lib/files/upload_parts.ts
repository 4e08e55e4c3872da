import { join } from "./path.ts";
import { LIMITS } from "../protocol/limits.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";
import { BATCH_SUFFIX } from "./part_names.ts";
import { isPrivateName } from "../protocol/path.ts";
import { readFolder } from "./directory_store.ts";
import { type AsyncBusyOptions, retryBusyAsync } from "./retry_busy.ts";
import { foldersBetween, isAtOrBelow } from "./served_folder.ts";
import { workFolderPaths } from "./work_folder.ts";

/** Suffix of the part of an upload that can be resumed … */
export const KEYED_SUFFIX = ".upload";
/** … and of one that cannot: useless once the upload has ended. */
export const UNKEYED_SUFFIX = ".once";

const SUFFIXES = [KEYED_SUFFIX, UNKEYED_SUFFIX, BATCH_SUFFIX];

/** A part in a private folder of the served folder. */
export interface LeftPart {
  readonly path: string;
  readonly stamp: FileStamp;
  readonly sizeBytes: number;
  /** When it was written last, or null if the system does not tell. */
  readonly changedMs: number | null;
  /** The same with more digits, but clients can set it. */
  readonly modifiedMs: number;
  /** Whether it has its final name, too: a crash may leave both. */
  readonly isNamed: boolean;
}

/**
 * The parts of uploads, which lie in private folders beside their final places. It finds those that
 * earlier runs have left, and removes what is too old or too much.
 */
export class UploadParts {
  readonly #root: string;
  readonly #limitBytes: number;
  readonly #system: AsyncBusyOptions;
  /** The folders that have, or had, a private folder. */
  readonly #bases = new Set<string>();
  /** Whether `#bases` has those of earlier runs, too. */
  #isDiscovered = false;
  #totalBytes = 0;
  #sweeping: Promise<void> | null = null;
  #isStale = false;

  /**
   * @param limitBytes of all parts together; the oldest that no upload writes go first
   * @param system for tests. Where a file is busy for a moment, it is removed a moment later
   */
  constructor(root: string, limitBytes: number, system: AsyncBusyOptions = {}) {
    this.#root = root;
    this.#limitBytes = limitBytes;
    this.#system = system;
    this.#bases.add(root);
  }

  /** The bytes of all parts, as found by the last sweep. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /**
   * The folder in whose private folder a part lies, or is to be made: `existing`, or one above it if
   * the part is there, which was made when `existing` was missing.
   */
  async baseOf(existing: string, partName: string, isKeyed: boolean): Promise<string> {
    const above = existing === this.#root || !isKeyed ? [] : this.#basesAbove(existing);
    const base = await findBase(existing, above, partName);
    this.#bases.add(base);
    return base;
  }

  /** A folder has another path: the parts of earlier uploads in it do, too. */
  moved(from: string, to: string): void {
    for (const base of [...this.#bases]) {
      if (base !== this.#root && isAtOrBelow(from, base)) {
        this.#bases.add(to + base.slice(from.length));
      }
    }
  }

  /** Adds the folders in whose private folders a batch had its parts. */
  addBases(folders: readonly string[]): void {
    for (const folder of folders) this.#bases.add(folder);
  }

  #basesAbove(folder: string): string[] {
    const above = [...foldersBetween(this.#root, folder), this.#root];
    return this.#isDiscovered ? above.filter((each) => this.#bases.has(each)) : above;
  }

  /** Finds the private folders that earlier runs have left; links are not followed. */
  async discover(signal: AbortSignal): Promise<void> {
    const folders = [this.#root];
    for (let base = folders.pop(); base !== undefined; base = folders.pop()) {
      for await (const { name, isDirectory } of readFolder(base)) {
        if (signal.aborted) return;
        if (!isDirectory) continue;
        if (isPrivateName(name)) this.#bases.add(base);
        else folders.push(join(base, name));
      }
    }
    this.#isDiscovered = true;
  }

  /** All parts that are there now. */
  async list(): Promise<LeftPart[]> {
    const left: LeftPart[][] = [];
    for (const folder of [...this.#bases].flatMap(workFolderPaths)) {
      const info = await Deno.lstat(folder).catch(() => null);
      if (info?.isDirectory) left.push(await partsIn(folder));
    }
    return left.flat();
  }

  /** Sweeps soon, once for all calls up to then. Never rejects. */
  sweepSoon(): Promise<void> {
    this.#isStale = true;
    this.#sweeping ??= this.#sweepWhileStale().finally(() => this.#sweeping = null);
    return this.#sweeping;
  }

  /** Resolves when no sweep is under way that `sweepSoon` began. */
  async idle(): Promise<void> {
    await this.#sweeping;
  }

  /**
   * Removes the parts of uploads that were interrupted too long ago, or cannot be resumed, and the
   * oldest ones beyond the limit. Parts that an upload is writing stay: they are locked.
   *
   * @param nowMs milliseconds since 1970
   */
  async sweep(nowMs: number): Promise<void> {
    const left: LeftPart[] = [];
    for (const base of [...this.#bases]) {
      const found = await this.#sweepBase(base, nowMs);
      if (found === null && base !== this.#root) this.#bases.delete(base);
      else left.push(...found ?? []);
    }
    left.sort(compareAge);
    let totalBytes = left.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const part of left) {
      if (totalBytes <= this.#limitBytes) break;
      if (await removeUnlocked(part, this.#system)) totalBytes -= part.sizeBytes;
    }
    this.#totalBytes = totalBytes;
  }

  async #sweepWhileStale(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      await this.sweep(Date.now()).catch(() => {}); // The next one may do better
    }
  }

  /** The parts that stay in the private folders of `base`; `null` if there is no such folder. */
  async #sweepBase(base: string, nowMs: number): Promise<LeftPart[] | null> {
    let left: LeftPart[] | null = null;
    for (const folder of workFolderPaths(base)) {
      const info = await Deno.lstat(folder).catch(() => null);
      if (!info?.isDirectory) continue;
      left ??= [];
      for (const part of await partsIn(folder)) {
        if (!isOver(part, nowMs) || !await removeUnlocked(part, this.#system)) left.push(part);
      }
      if (left.length > 0) continue;
      await retryBusyAsync(() => Deno.remove(folder), this.#system).catch(() => {}); // Not empty
    }
    return left;
  }
}

/** The first of the folders that has the part, on the file system of `existing`; else `existing`. */
async function findBase(
  existing: string,
  above: readonly string[],
  partName: string,
): Promise<string> {
  if (above.length === 0) return existing;
  const device = (await Deno.stat(existing).catch(() => null))?.dev;
  for (const base of [existing, ...above]) {
    for (const folder of workFolderPaths(base)) {
      const info = await Deno.lstat(join(folder, partName)).catch(() => null);
      if (info?.isFile && info.dev === device) return base;
    }
  }
  return existing;
}

async function partsIn(folder: string): Promise<LeftPart[]> {
  const parts: LeftPart[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !SUFFIXES.some((suffix) => name.endsWith(suffix))) continue;
    const path = join(folder, name);
    const info = await Deno.lstat(path).catch(() => null); // Its upload may have ended
    if (info === null) continue;
    parts.push({
      path,
      stamp: stampOf(info),
      sizeBytes: info.size,
      // A whole part has the time of modification that its client sent
      changedMs: (info.ctime ?? info.mtime)?.getTime() ?? null,
      modifiedMs: info.mtime?.getTime() ?? 0,
      isNamed: (info.nlink ?? 1) > 1,
    });
  }
  return parts;
}

function compareAge(a: LeftPart, b: LeftPart): number {
  return (a.changedMs ?? 0) - (b.changedMs ?? 0) || a.modifiedMs - b.modifiedMs;
}

/** Whether a part that no upload writes is useless. */
function isOver({ path, changedMs, isNamed }: LeftPart, nowMs: number): boolean {
  if (isNamed || changedMs === null) return true;
  return changedMs <= (path.endsWith(KEYED_SUFFIX) ? nowMs - LIMITS.unfinishedUploadMs : nowMs);
}

/** `false` if an upload writes the part, or it cannot be removed. */
async function removeUnlocked({ path }: LeftPart, system: AsyncBusyOptions): Promise<boolean> {
  try {
    using file = await Deno.open(path, { read: true, write: true });
    if (!await file.tryLock(true)) return false;
    await retryBusyAsync(() => Deno.remove(path), system);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
