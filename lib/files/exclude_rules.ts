import ignore, { type Ignore } from "ignore";
import { pathIn } from "../protocol/path.ts";
import { asDiskError } from "./disk_error.ts";

/**
 * What is left out on request, in a folder and all below it, by patterns as in a `.gitignore` file.
 * Letter case counts. Immutable: a folder with patterns of its own has rules of its own.
 */
export class ExcludeRules {
  /** Leaves out nothing. */
  static readonly none: ExcludeRules = new ExcludeRules([], []);

  readonly #files: readonly string[];
  readonly #patterns: readonly string[];
  readonly #ignore: Ignore | null;

  /** @param files the patterns of files; `patterns` comes after them, and so overrules them */
  private constructor(files: readonly string[], patterns: readonly string[]) {
    this.#files = files;
    this.#patterns = patterns;
    const lines = [...files, ...patterns];
    this.#ignore = lines.length === 0 ? null : ignore({ ignorecase: false }).add(lines);
  }

  /** @param folder the folder that the patterns are seen from, where paths are seen from above it */
  static of(patterns: readonly string[], folder = ""): ExcludeRules {
    if (patterns.length === 0) return ExcludeRules.none;
    return new ExcludeRules([], patterns.map((pattern) => seenFrom(folder, pattern)));
  }

  /**
   * Whether a path is left out, as is all below it. A folder is asked for before what is in it, since
   * nothing in a folder that is left out can be taken back.
   *
   * @param path relative, with `/`; not empty
   */
  excludes(path: string, isFolder: boolean): boolean {
    return this.#ignore?.ignores(isFolder ? `${path}/` : path) ?? false;
  }

  /** The rules with those of a file in a folder, which patterns of the command overrule. */
  withFile(folder: string, lines: readonly string[]): ExcludeRules {
    const seen = lines.map((line) => seenFrom(folder, line));
    return new ExcludeRules([...this.#files, ...seen], this.#patterns);
  }
}

/** The patterns in the text of a file: a line each, without comments and what is empty. */
export function patternsIn(text: string): string[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  return lines.filter((line) => line.trim() !== "" && !line.startsWith("#"));
}

/** The patterns in a file of this machine. @throws {DiskError} if it cannot be read */
export async function readPatterns(path: string): Promise<string[]> {
  try {
    return patternsIn(await Deno.readTextFile(path));
  } catch (error) {
    throw asDiskError(error, path, "read");
  }
}

/** A pattern of the command line: there are no comments. */
export function literalPattern(pattern: string): string {
  return pattern.startsWith("#") ? `\\${pattern}` : pattern;
}

/** The pattern that means from above what `pattern` means in a folder: `x` in `a` is `/a/**`, `/` and `x`. */
function seenFrom(folder: string, pattern: string): string {
  const normal = pattern.normalize("NFC");
  if (folder === "") return normal;
  const [, sign = "", body = ""] = /^(!?)(.*)$/s.exec(normal) ?? [];
  const isAnchored = /\/./.test(body.trimEnd()); // A slash at the end only asks for a folder
  const inside = isAnchored ? body.replace(/^\//, "") : `**/${body}`;
  return `${sign}/${pathIn(escapePattern(folder), inside)}`;
}

/** A path as a pattern that matches nothing else. */
function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]!# ]/g, "\\$&");
}
