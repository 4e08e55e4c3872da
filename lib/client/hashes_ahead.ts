import type { FoundFiles } from "../files/hash_found.ts";
import type { LocalItem } from "../files/local_tree.ts";
import { LIMITS } from "../protocol/limits.ts";
import { GroupsAhead } from "./groups_ahead.ts";

/** By file of a group: its SHA-256 in hex; `null` for one that could not be read. */
type GroupHashes = readonly (string | null)[];

/** A file, in the group that it is hashed in. */
interface HashAhead {
  readonly group: Promise<GroupHashes>;
  readonly at: number;
}

/** Files whose hashes are kept, some 300 bytes each. */
const MAX_KEPT = 65_536;

/**
 * Hashes small files of this machine while the server is listed, as far as that keeps up: those that the listing has with
 * a hash, as soon as both sides are known.
 */
export class HashesAhead {
  readonly #hash: (files: FoundFiles) => Promise<GroupHashes>;
  readonly #groups = new GroupsAhead<LocalItem>((files) => this.#begin(files));
  /** The files here; `null` as long as they are looked for. */
  #found: readonly LocalItem[] | null = null;
  /** The same by their paths on the server, once one is listed: a new folder has none. */
  #byPath: ReadonlyMap<string, LocalItem> | null = null;
  /** Paths that were listed before. */
  #listed: string[] = [];
  /** By path on the server. */
  readonly #hashes = new Map<string, HashAhead>();

  /** @param hash as `hashFound` does */
  constructor(hash: (files: FoundFiles) => Promise<GroupHashes>) {
    this.#hash = hash;
  }

  /** The server has listed a file with its hash. */
  list(path: string): void {
    if (this.#found === null) return void this.#listed.push(path);
    this.#byPath ??= new Map(this.#found.map((file) => [file.remotePath, file]));
    const file = this.#byPath.get(path);
    if (file === undefined || file.sizeBytes > LIMITS.batchFileBytes) return;
    this.#groups.add(file, file.sizeBytes);
  }

  /** All files here are found. */
  find(files: readonly LocalItem[]): void {
    this.#found = files;
    for (const path of this.#listed) this.list(path);
    this.#listed = [];
  }

  /** All is listed. */
  end(): void {
    this.#groups.end();
    this.#found = this.#byPath = null;
  }

  /** Takes the hashes of files, in hex and in their order; `null` where one is not computed. */
  async take(paths: readonly string[]): Promise<(string | null)[]> {
    const taken = paths.map((path) => {
      const hash = this.#hashes.get(path);
      this.#hashes.delete(path);
      return hash ?? null;
    });
    const hashes = new Map<Promise<GroupHashes> | undefined, GroupHashes | null>();
    for (const group of new Set(taken.map((hash) => hash?.group))) {
      hashes.set(group, await group?.catch(() => null) ?? null); // Each file is read again, which tells why
    }
    return taken.map((hash) => hash && (hashes.get(hash.group)?.[hash.at] ?? null));
  }

  #begin(files: readonly LocalItem[]): Promise<unknown> | null {
    if (this.#hashes.size >= MAX_KEPT) return null;
    const group = this.#hash({
      paths: files.map(({ path }) => path),
      sizes: files.map(({ sizeBytes }) => sizeBytes),
    });
    for (const [at, { remotePath }] of files.entries()) this.#hashes.set(remotePath, { group, at });
    return group;
  }
}
