import { basename, dirname, join, resolve } from "./path.ts";
import { isMarkedLater, STATE_FILES } from "./own_marks.ts";
import { identityOf, type OwnPlaces } from "./served_folder.ts";

/** The files that lie directly in a folder of the programs: a few. More are not remembered. */
const MAX_FILES = 1_000;

/**
 * The programs' own files and folders: state, keys, pins. They are found again whenever `refresh` is
 * called: they may appear, be replaced, or move.
 */
export class OwnFiles {
  readonly #paths: readonly string[];
  readonly #root: string | null;
  /** Folders stay known after they have moved. */
  readonly #folders = new Set<string>();
  #realPaths: readonly string[] = [];
  #files: ReadonlyMap<string, string> = new Map();

  /**
   * @param paths files and folders, which need not exist
   * @param root a folder that stays served if another server makes it its data folder: then the
   * state in it is found, too
   */
  constructor(paths: readonly string[], root: string | null = null) {
    this.#root = root;
    this.#paths = paths.map((path) => resolve(path));
  }

  /** What is found of them now. @param paths as of the constructor */
  static async find(paths: readonly string[]): Promise<OwnPlaces> {
    const own = new OwnFiles(paths);
    await own.refresh();
    return own.found;
  }

  /** What was found last. */
  get found(): OwnPlaces {
    return { ownPaths: this.#realPaths, ownFolders: this.#folders, ownFiles: this.#files };
  }

  /** Looks at the paths again. Never rejects: what cannot be examined cannot be served, either. */
  async refresh(): Promise<void> {
    const root = this.#root;
    const isState = root !== null && await isMarkedLater(root);
    const state = isState ? STATE_FILES.map((name) => join(root, name)) : [];
    this.#realPaths = await Promise.all([...this.#paths, ...state].map(resolveReal));
    const files = new Map<string, string>();
    for (const path of this.#realPaths) await this.#remember(path, files);
    this.#files = files;
  }

  async #remember(path: string, files: Map<string, string>): Promise<void> {
    try {
      const info = await Deno.stat(path);
      const identity = identityOf(info);
      if (identity === null) return;
      if (!info.isDirectory) return void files.set(identity, path);
      this.#folders.add(identity);
      for await (const { name, isFile } of Deno.readDir(path)) {
        if (files.size >= MAX_FILES) return;
        const file = join(path, name);
        const found = isFile ? identityOf(await Deno.lstat(file)) : null;
        if (found !== null) files.set(found, file);
      }
    } catch {
      // Missing, or no permission
    }
  }
}

/** As {@link resolveReal}. Synchronous, for use in a worker. */
export function resolveRealSync(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(resolveRealSync(above), basename(path));
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
