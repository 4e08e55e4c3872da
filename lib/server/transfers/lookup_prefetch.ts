import type { DirectoryStore, StoredFile } from "../../files/directory_store.ts";

/** A file that was looked up ahead must have been in that state this shortly before. */
const FRESH_MS = 200;

/** Finds a file of the store, ahead of time if asked to. */
export class LookupPrefetch {
  readonly #find: () => Promise<StoredFile>;
  #begun: { readonly atMs: number; readonly found: Promise<StoredFile> } | null = null;

  /** @param path checks the path, and throws a `RequestError` where it is not allowed */
  constructor(store: DirectoryStore, path: () => string) {
    this.#find = async () => await store.find(path());
  }

  /** Begins. */
  start(): void {
    const found = this.#find();
    found.catch(() => {}); // Told to the client when its turn comes
    this.#begun = { atMs: performance.now(), found };
  }

  /**
   * The file, in a state that it was in just now.
   *
   * @throws {RequestError}
   */
  async result(): Promise<StoredFile> {
    const begun = this.#begun;
    const isFresh = begun !== null && performance.now() - begun.atMs < FRESH_MS;
    return await (isFresh ? begun.found : this.#find());
  }
}
