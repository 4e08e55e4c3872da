import { basename, dirname, join, resolve } from "@std/path";
import { identityOf, type ServedFolder } from "./served_folder.ts";

/** The files that lie directly in a folder of the programs: a few. More are not remembered. */
const MAX_FILES = 1_000;

/**
 * The programs' own files and folders: state, keys, pins. They are found again whenever `refresh` is
 * called: they may appear, be replaced, or move.
 */
export class OwnFiles {
  readonly #paths: readonly string[];
  /** Folders stay known after they have moved. */
  readonly #folders = new Set<string>();
  #realPaths: readonly string[] = [];
  #identities: ReadonlySet<string> = new Set();

  /** @param paths files and folders, which need not exist */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => resolve(path));
  }

  /** What was found last. */
  get found(): Pick<ServedFolder, "ownPaths" | "ownIdentities"> {
    return { ownPaths: this.#realPaths, ownIdentities: this.#identities };
  }

  /** Looks at the paths again. Never rejects: what cannot be examined cannot be served, either. */
  async refresh(): Promise<void> {
    this.#realPaths = await Promise.all(this.#paths.map(resolveReal));
    const files = new Set<string>();
    for (const path of this.#realPaths) await this.#remember(path, files);
    this.#identities = this.#folders.union(files);
  }

  async #remember(path: string, files: Set<string>): Promise<void> {
    try {
      const info = await Deno.stat(path);
      const identity = identityOf(info);
      if (identity === null) return;
      if (!info.isDirectory) return void files.add(identity);
      this.#folders.add(identity);
      for await (const { name, isFile } of Deno.readDir(path)) {
        if (files.size >= MAX_FILES) return;
        const file = isFile ? identityOf(await Deno.lstat(join(path, name))) : null;
        if (file !== null) files.add(file);
      }
    } catch {
      // Missing, or no permission
    }
  }
}

/** The real path of a file or folder that need not exist: that of the deepest folder that does. */
export async function resolveReal(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(await resolveReal(above), basename(path));
  }
}
