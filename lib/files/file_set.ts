import { identityOf } from "./served_folder.ts";

/**
 * A set of local files, each known by what it is, not by its path: where a file system regards two
 * spellings or letter cases of a name as the same, both paths are in the set.
 */
export class FileSet {
  readonly #identities = new Set<string>();

  /** Adds the file at a path. A file that cannot be examined is not added. */
  async add(path: string): Promise<void> {
    const identity = await find(path);
    if (identity !== null) this.#identities.add(identity);
  }

  /** Adds files by {@link identityOf}. */
  addIdentities(identities: readonly string[]): void {
    for (const identity of identities) this.#identities.add(identity);
  }

  /** Whether a file is in the set, by {@link identityOf}. */
  hasIdentity(identity: string): boolean {
    return this.#identities.has(identity);
  }

  /** Whether the file at a path is in the set; `false` if there is none. */
  async has(path: string): Promise<boolean> {
    const identity = await find(path);
    return identity !== null && this.#identities.has(identity);
  }
}

async function find(path: string): Promise<string | null> {
  try {
    return identityOf(await Deno.lstat(path));
  } catch {
    return null;
  }
}
