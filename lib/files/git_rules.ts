import { dirname, join, relative, resolve, SEPARATOR } from "./path.ts";
import { foldersAbove } from "../protocol/path.ts";
import { asDiskError } from "./disk_error.ts";
import { ExcludeRules, patternsIn } from "./exclude_rules.ts";
import { exists } from "./exists.ts";

/** What is left out on request. */
export interface ExcludeOptions {
  /**
   * Patterns as in a `.gitignore` file, seen from each folder that is named; letter case counts. What is
   * named itself is left out, too, where a pattern matches its name. Default: none.
   */
  readonly exclude?: readonly string[];
  /** Leave out what the `.gitignore` files say, and `.git`. Default `false`. */
  readonly gitignore?: boolean;
}

/** A local folder, and what is left out of it. */
export interface RuledFolder {
  readonly rules: ExcludeRules;
  /** The path under which the rules know the folder; may be `""`. */
  readonly seenAs: string;
}

const GIT_FOLDER = ".git";
/** The name of the files that `gitignore` reads. */
const GIT_IGNORE = ".gitignore";

/**
 * The rules for a folder that is named in a command. As for git, the `.gitignore` files above it count, up
 * to the top of its repository, unless they leave out the folder itself.
 *
 * @throws {DiskError} for a `.gitignore` file that cannot be read: what it leaves out must not be sent
 */
export function rulesFor(
  path: string,
  { exclude = [], gitignore = false }: ExcludeOptions,
): RuledFolder {
  if (!gitignore) return { rules: ExcludeRules.of(exclude), seenAs: "" };
  const folder = resolve(path);
  const top = findRepository(folder) ?? folder;
  const seenAs = relative(top, folder).split(SEPARATOR).join("/");
  const patterns = [GIT_FOLDER, ...exclude];
  const folders = seenAs === "" ? [] : [...foldersAbove(seenAs), ""].reverse();
  const above = folders.reduce(
    (rules, each) => rulesIn(join(top, each), { rules, seenAs: each }),
    ExcludeRules.of(patterns, seenAs),
  );
  const isKept = seenAs === "" || !above.excludes(seenAs, true);
  return isKept ? { rules: above, seenAs } : { rules: ExcludeRules.of(patterns), seenAs: "" };
}

/** The rules with those of the folder's own `.gitignore` file. @throws as {@link rulesFor} */
export function rulesIn(path: string, { rules, seenAs }: RuledFolder): ExcludeRules {
  const file = join(path, GIT_IGNORE);
  if (!exists(file)) return rules;
  try {
    if (!Deno.lstatSync(file).isFile) return rules; // Git follows no link here either
    return rules.withFile(seenAs, patternsIn(Deno.readTextFileSync(file)));
  } catch (error) {
    throw asDiskError(error, file, "read");
  }
}

/** The top of the repository that a folder is in; `null` if it is in none. */
function findRepository(folder: string): string | null {
  for (let at = folder;; at = dirname(at)) {
    if (exists(join(at, GIT_FOLDER))) return at;
    if (dirname(at) === at) return null;
  }
}
