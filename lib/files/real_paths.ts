import { basename, dirname, join, resolve } from "./path.ts";

/** A path with all links followed, and what is there. */
export interface RealEntry {
  readonly realPath: string;
  readonly info: Deno.FileInfo;
}

/**
 * Real paths of one pass over files, which takes some milliseconds: each folder on the way is looked at once.
 * `realpath` looks at all of them for each file, and a chain of folders costs the square of its length. Synchronous,
 * for use in a worker.
 */
export class RealPaths {
  readonly #folders = new Map<string, string>();
  readonly #lstat: (path: string) => Deno.FileInfo;

  /** @param lstat examines an entry without following links */
  constructor(lstat: (path: string) => Deno.FileInfo = Deno.lstatSync) {
    this.#lstat = lstat;
  }

  /** What is at a path, links followed. @throws the system's error */
  lookAt(path: string): RealEntry {
    const absolute = resolve(path);
    return this.#enter(this.#folder(dirname(absolute)), absolute);
  }

  /** Whether a path is there and no link is in it. */
  isReal(path: string): boolean {
    try {
      return this.#folder(path) === path;
    } catch {
      return false; // It is gone, or may not be seen
    }
  }

  /** The real path of a folder. @param path absolute */
  #folder(path: string): string {
    const unknown: string[] = [];
    let at = path;
    for (; !this.#folders.has(at) && dirname(at) !== at; at = dirname(at)) unknown.push(at);
    let real = this.#folders.get(at) ?? at;
    for (const each of unknown.reverse()) {
      real = this.#enter(real, each).realPath;
      this.#folders.set(each, real);
    }
    return real;
  }

  /** @param folder the real path of the one above `path` */
  #enter(folder: string, path: string): RealEntry {
    const name = basename(path);
    const realPath = name === "" ? folder : join(folder, name);
    const info = this.#lstat(realPath);
    if (!info.isSymlink) return { realPath, info };
    const target = Deno.realPathSync(realPath);
    return { realPath: target, info: this.#lstat(target) };
  }
}
