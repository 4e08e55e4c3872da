import type { LocalItem } from "../files/local_tree.ts";
import { sha256At } from "../protocol/batch_head.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { LocalFiles, PackedLocal } from "../worker/batch_jobs.ts";
import { SmallGroups } from "./group_small.ts";

/** A file of this machine as it was hashed. */
export interface HashedLocal {
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
}

/** A file, in the group that it is hashed in. */
interface HashAhead {
  /** By file of the group: `null` for one that could not be read. */
  readonly group: Promise<readonly (HashedLocal | null)[]>;
  readonly at: number;
}

/** Groups that are hashed at once: all else on the same thread waits for them. */
const MAX_AT_ONCE = 16;
/** Files whose hashes are kept, some 300 bytes each. */
const MAX_KEPT = 65_536;

/**
 * Hashes small files of this machine while the server is listed, as far as that keeps up: those that the listing has with
 * a hash, as soon as both sides are known.
 */
export class HashesAhead {
  readonly #pack: (files: LocalFiles) => Promise<PackedLocal>;
  readonly #groups = new SmallGroups<LocalItem>();
  /** The files here by their paths on the server; `null` as long as they are looked for. */
  #found: ReadonlyMap<string, LocalItem> | null = null;
  /** Groups that are hashed now. */
  #running = 0;
  /** Paths that were listed before. */
  #listed: string[] = [];
  /** By path on the server. */
  readonly #hashes = new Map<string, HashAhead>();

  /** @param pack hashes files, as `packLocal` does */
  constructor(pack: (files: LocalFiles) => Promise<PackedLocal>) {
    this.#pack = pack;
  }

  /** The server has listed a file with its hash. */
  list(path: string): void {
    if (this.#found === null) this.#listed.push(path);
    else this.#add(this.#found.get(path));
  }

  /** All files here are found. */
  find(files: readonly LocalItem[]): void {
    this.#found = new Map(files.map((file) => [file.remotePath, file]));
    for (const path of this.#listed) this.list(path);
    this.#listed = [];
  }

  /** All is listed. */
  end(): void {
    this.#hash(this.#groups.end());
    this.#found = null;
  }

  /** Takes the hashes of files, in their order; `null` where one is not computed. */
  async take(paths: readonly string[]): Promise<(HashedLocal | null)[]> {
    const taken: (HashedLocal | null)[] = [];
    for (const path of paths) {
      const hash = this.#hashes.get(path);
      this.#hashes.delete(path);
      const group = await hash?.group.catch(() => null); // Each file is read again, which tells why
      taken.push(group?.[hash?.at ?? 0] ?? null);
    }
    return taken;
  }

  #add(file: LocalItem | undefined): void {
    if (file === undefined || file.sizeBytes > LIMITS.batchFileBytes) return;
    const full = this.#groups.add(file, file.sizeBytes);
    if (full !== null) this.#hash(full);
  }

  #hash(files: readonly LocalItem[]): void {
    const isFull = this.#running >= MAX_AT_ONCE || this.#hashes.size >= MAX_KEPT;
    if (files.length === 0 || isFull) return;
    const paths = files.map(({ path }) => path);
    const within = files.map((file) => file.within ?? null);
    this.#running++;
    const group = this.#pack({ paths, within, frameBytes: null })
      .then((packed) => hashesOf(packed, files.length))
      .finally(() => this.#running--);
    group.catch(() => {}); // See `take`
    for (const [at, { remotePath }] of files.entries()) this.#hashes.set(remotePath, { group, at });
  }
}

function hashesOf({ packed, sizes, sha256 }: PackedLocal, files: number): (HashedLocal | null)[] {
  const hashes: (HashedLocal | null)[] = new Array(files).fill(null);
  for (const [i, at] of packed.entries()) {
    hashes[at] = { sizeBytes: sizes[i] ?? 0, sha256: sha256At(sha256, i) };
  }
  return hashes;
}
