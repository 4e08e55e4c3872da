import { join } from "./path.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { StoredFile } from "./directory_store.ts";
import { asDiskError } from "./disk_error.ts";
import type { FileTarget } from "./part_file.ts";
import type { ServedRoot } from "./served_root.ts";
import { makeWorkFolder } from "./work_folder.ts";

/** The folder for contents in the private folder. */
export const CONTENT_FOLDER = "contents";
/** Suffix of a content that still arrives. */
const ARRIVING_SUFFIX = ".fetch";
const NAME = /^[0-9a-f]{64}$/;

/** A content by its SHA-256 in hex. */
interface Content {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Options of {@link ContentFolder.open}. */
export interface ContentFolderOptions {
  /** The contents that nothing holds may take so many bytes. */
  readonly limitBytes: number;
  /** Milliseconds since 1970. Default: the system's clock. */
  readonly nowMs?: number;
}

/**
 * Contents that came from other servers, in a private folder of the served one, each by the name of its
 * SHA-256. They got that name when they were verified and synced. Those that were used longest ago are removed
 * when there are too many bytes of them.
 */
export class ContentFolder {
  readonly #work: string;
  readonly #path: string;
  readonly #root: ServedRoot;
  readonly #limitBytes: number;
  /** The sizes by SHA-256, in the order of their last use. */
  readonly #sizes = new Map<string, number>();
  readonly #holds = new Map<string, number>();
  #totalBytes = 0;
  #evicting: Promise<unknown> = Promise.resolve();

  private constructor(root: ServedRoot, work: string, { limitBytes }: ContentFolderOptions) {
    this.#root = root;
    this.#work = work;
    this.#path = join(work, CONTENT_FOLDER);
    this.#limitBytes = limitBytes;
  }

  /**
   * Opens the folder, and removes what broke off too long ago.
   *
   * @throws {DiskError}
   */
  static async open(root: ServedRoot, options: ContentFolderOptions): Promise<ContentFolder> {
    try {
      const folder = new ContentFolder(root, makeWorkFolder(root.path), options);
      await Deno.mkdir(folder.#path, { recursive: true, mode: 0o700 });
      await folder.#load();
      await folder.#sweep((options.nowMs ?? Date.now()) - LIMITS.unfinishedUploadMs);
      await folder.#evict(options.limitBytes);
      return folder;
    } catch (error) {
      throw asDiskError(error, root.path, "keep contents in");
    }
  }

  /** The bytes of all contents. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Whether a content is here, verified. */
  has({ sha256, sizeBytes }: Content): boolean {
    return this.#sizes.get(sha256) === sizeBytes;
  }

  /** Uses a content, which is not removed before disposal. */
  hold({ sha256 }: Content): Disposable {
    this.#holds.set(sha256, (this.#holds.get(sha256) ?? 0) + 1);
    const size = this.#sizes.get(sha256);
    if (size !== undefined) this.#touch(sha256, size);
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        const left = (this.#holds.get(sha256) ?? 1) - 1;
        if (left > 0) this.#holds.set(sha256, left);
        else this.#holds.delete(sha256);
        this.#evict(this.#limitBytes);
      },
    };
  }

  /** A content to be read, also while it arrives. */
  fileOf(content: Content): StoredFile {
    const { sha256, sizeBytes } = content;
    return {
      sha256,
      realPath: join(this.#path, sha256),
      arrivingPath: join(this.#work, sha256 + ARRIVING_SUFFIX),
      stamp: { sizeBytes, modifiedMs: 0, changedMs: 0, inode: 0 },
    };
  }

  /** The destination of a content. A part of it that is there already is gone on with. */
  targetOf({ sha256, sizeBytes }: Content): FileTarget {
    return {
      directory: this.#path,
      name: sha256,
      partBase: this.#root.path,
      partName: sha256 + ARRIVING_SUFFIX,
      root: this.#root,
      ifTaken: "replace",
      keepBytes: sizeBytes,
      staysOnError: true,
    };
  }

  /** A content is whole, and has its name. */
  added({ sha256, sizeBytes }: Content): void {
    this.#forget(sha256);
    this.#sizes.set(sha256, sizeBytes);
    this.#totalBytes += sizeBytes;
    this.#evict(this.#limitBytes);
  }

  /** Removes a content: it is wrong, or has another place. */
  async remove(sha256: string): Promise<void> {
    this.#forget(sha256);
    await Deno.remove(join(this.#path, sha256)).catch(() => {}); // Gone already
  }

  /** A content has another place on this server: it is removed, unless something holds it. */
  async drop(sha256: string): Promise<void> {
    if (!this.#holds.has(sha256)) await this.remove(sha256);
  }

  /** Removes what nothing holds, for other files that the disk has no room for. Resolves to the freed bytes. */
  async makeRoom(): Promise<number> {
    const before = this.#totalBytes;
    await this.#evict(0);
    return before - this.#totalBytes;
  }

  /** Resolves when what was too much before is removed. */
  async idle(): Promise<void> {
    await this.#evicting;
  }

  /** The files of earlier runs, by the times of their last use. */
  async #load(): Promise<void> {
    const found: { readonly name: string; readonly info: Deno.FileInfo }[] = [];
    for await (const { name, isFile } of Deno.readDir(this.#path)) {
      if (!isFile || !NAME.test(name)) continue;
      found.push({ name, info: await Deno.lstat(join(this.#path, name)) });
    }
    const usedMs = ({ info }: (typeof found)[number]) => info.mtime?.getTime() ?? 0;
    for (const { name, info } of found.sort((a, b) => usedMs(a) - usedMs(b))) {
      this.#sizes.set(name, info.size);
      this.#totalBytes += info.size;
    }
  }

  async #sweep(beforeMs: number): Promise<void> {
    for await (const { name, isFile } of Deno.readDir(this.#work)) {
      if (!isFile || !name.endsWith(ARRIVING_SUFFIX)) continue;
      const path = join(this.#work, name);
      const writtenMs = (await Deno.lstat(path)).mtime?.getTime() ?? 0;
      if (writtenMs < beforeMs) await Deno.remove(path);
    }
  }

  #touch(sha256: string, sizeBytes: number): void {
    this.#sizes.delete(sha256);
    this.#sizes.set(sha256, sizeBytes);
    const now = new Date();
    Deno.utime(join(this.#path, sha256), now, now).catch(() => {}); // Its place in the order is lost
  }

  /** Removes contents until there are at most so many bytes, one pass at a time. */
  #evict(limitBytes: number): Promise<unknown> {
    this.#evicting = this.#evicting.then(async () => {
      for (const sha256 of [...this.#sizes.keys()]) {
        if (this.#totalBytes <= limitBytes) return;
        if (!this.#holds.has(sha256)) await this.remove(sha256);
      }
    });
    return this.#evicting;
  }

  #forget(sha256: string): void {
    this.#totalBytes -= this.#sizes.get(sha256) ?? 0;
    this.#sizes.delete(sha256);
  }
}
