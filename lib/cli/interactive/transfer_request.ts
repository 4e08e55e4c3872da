import { homeFolder } from "../options/state_folder.ts";
import { splitWords, type Word } from "./words.ts";

/** The files that a line of the interactive client names, and how to move them. */
export interface TransferRequest {
  /** All names as one text: a name that holds spaces needs no quotes. */
  readonly whole: string;
  /** The names, if spaces separate them. */
  readonly names: readonly string[];
  /** Whether a name is quoted: it stands for itself, and not for a number. */
  readonly isQuoted: boolean;
  /** Replace files that exist. */
  readonly replace: boolean;
  /** The target folder; `null` for the default. */
  readonly folder: string | null;
}

/**
 * Parses the argument of `file` and `put`: names in quotes, with escaped blanks, or bare; `--replace`; and `-o` or
 * `--to` with a folder. Returns `null` if a quote is not closed, or the folder or every name is
 * missing.
 */
export function parseTransferRequest(argument: string): TransferRequest | null {
  const words = splitWords(argument);
  if (words === null) return null;
  const names: Word[] = [];
  let [replace, folder]: [boolean, string | null] = [false, null];
  for (const rest = [...words]; rest.length > 0;) {
    const word = rest.shift() as Word;
    if (word.isQuoted) names.push(word);
    else if (word.text === "--replace") replace = true;
    else if (word.text === "-o" || word.text === "--to") {
      folder = rest.shift()?.text ?? null;
      if (folder === null) return null;
    } else names.push(word);
  }
  if (names.length === 0) return null;
  const isQuoted = names.some((name) => name.isQuoted);
  const isPlain = names.length === words.length && !isQuoted;
  return {
    whole: isPlain ? argument.trim() : names.map(({ text }) => text).join(" "),
    names: names.map(({ text }) => text),
    isQuoted,
    replace,
    folder,
  };
}

/** A path of this machine with `~` as the home folder. */
export function expandHome(path: string): string {
  if (path !== "~" && !path.startsWith("~/")) return path;
  const home = homeFolder();
  return home === null ? path : home + path.slice(1);
}
