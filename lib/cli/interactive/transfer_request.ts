import { literalPattern } from "../../files/exclude_rules.ts";
import type { LinkMode } from "../../files/local_tree.ts";
import { homeFolder } from "../options/state_folder.ts";
import { splitWords, type Word } from "./words.ts";

/** The commands that move files. */
export type TransferCommand = "file" | "put";

/** The files that a line of the interactive client names, and how to move them. */
export interface TransferRequest extends TransferFlags {
  /** All names as one text: a name that holds spaces needs no quotes. */
  readonly whole: string;
  /** The names, if spaces separate them. */
  readonly names: readonly string[];
  /** Whether a name is quoted: it stands for itself, and not for a number. */
  readonly isQuoted: boolean;
  /** The names of the options that it has, without dashes. */
  readonly given: ReadonlySet<string>;
  /** The target folder; `null` for the default. */
  readonly folder: string | null;
  /** Patterns of what is left out. */
  readonly exclude: readonly string[];
  /** A file of this machine with more of them; `null` for none. */
  readonly excludeFrom: string | null;
  /** What becomes of links in a folder that is sent. */
  readonly links: LinkMode;
  /** Files to delete at the most; `null` for the usual limits. */
  readonly maxDelete: number | null;
  /** The file of this machine for the SHA-256 of the files; `null` for none. */
  readonly sums: string | null;
  /** A file of this machine with the SHA-256 of what is fetched; `null` to fetch any content. */
  readonly fromSums: string | null;
}

/** The options of a request without a value. */
interface TransferFlags {
  /** Replace files that exist. */
  readonly replace: boolean;
  /** Leave out what `.gitignore` files say. */
  readonly gitignore: boolean;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** Compare by SHA-256 for that, even if size and time are the same. */
  readonly checksum: boolean;
  /** Start over instead of resuming. */
  readonly noResume: boolean;
  readonly zstd: boolean;
  /** Leave out that a file may be executed. */
  readonly noExec: boolean;
  /** Let the server copy what it has elsewhere. */
  readonly known: boolean;
  /** Delete what is in the folder here and not on the server. */
  readonly delete: boolean;
  /** Ask no question. */
  readonly yes: boolean;
}

/** An option, its name on the command line, and the one command that takes it; without it, both do. */
interface OptionSpec<F extends string> {
  readonly field: F;
  readonly name: string;
  readonly of?: TransferCommand;
}

type ValueField =
  | "folder"
  | "exclude"
  | "excludeFrom"
  | "links"
  | "maxDelete"
  | "sums"
  | "fromSums";

/** The options that take a value, by what is typed. */
const VALUES: ReadonlyMap<string, OptionSpec<ValueField>> = new Map(
  Object.entries<OptionSpec<ValueField>>({
    "-o": { field: "folder", name: "output" },
    "--output": { field: "folder", name: "output" },
    "--to": { field: "folder", name: "to" },
    "--exclude": { field: "exclude", name: "exclude" },
    "--exclude-from": { field: "excludeFrom", name: "exclude-from" },
    "--links": { field: "links", name: "links", of: "put" },
    "--max-delete": { field: "maxDelete", name: "max-delete", of: "file" },
    "--sums": { field: "sums", name: "sums" },
    "--from-sums": { field: "fromSums", name: "from-sums", of: "file" },
  }),
);
/** The others. */
const FLAGS: ReadonlyMap<string, OptionSpec<keyof TransferFlags>> = new Map(
  Object.entries<OptionSpec<keyof TransferFlags>>({
    "-n": { field: "dryRun", name: "dry-run" },
    "--dry-run": { field: "dryRun", name: "dry-run" },
    "--replace": { field: "replace", name: "replace" },
    "--checksum": { field: "checksum", name: "checksum" },
    "--no-resume": { field: "noResume", name: "no-resume" },
    "--zstd": { field: "zstd", name: "zstd" },
    "--no-exec": { field: "noExec", name: "no-exec" },
    "--gitignore": { field: "gitignore", name: "gitignore", of: "put" },
    "--known": { field: "known", name: "known", of: "put" },
    "--delete": { field: "delete", name: "delete", of: "file" },
    "-y": { field: "yes", name: "yes", of: "file" },
    "--yes": { field: "yes", name: "yes", of: "file" },
  }),
);

const OPTION = /^--\w/;

/** The words of a line, told apart. */
interface SortedWords {
  readonly names: readonly Word[];
  readonly given: ReadonlySet<string>;
  readonly flags: TransferFlags;
  readonly values: Readonly<Record<ValueField, readonly string[]>>;
}

/**
 * Parses the argument of `file` and `put`: names in quotes, with escaped blanks, or bare, and options. Returns
 * `null` if a quote is not closed, the value of an option is missing or wrong, or every name is missing.
 */
export function parseTransferRequest(argument: string): TransferRequest | null {
  const words = splitWords(argument);
  const sorted = words === null ? null : sortWords(words);
  if (words === null || sorted === null) return null;
  const { names, given, flags, values } = sorted;
  const links = values.links.at(-1) ?? "skip";
  const maxDelete = values.maxDelete.at(-1) ?? null;
  const fromSums = values.fromSums.at(-1) ?? null;
  if (names.length === 0 && fromSums === null) return null;
  if (links !== "skip" && links !== "follow") return null;
  if (maxDelete !== null && !/^\d{1,9}$/.test(maxDelete)) return null;
  const isQuoted = names.some((name) => name.isQuoted);
  const isPlain = names.length === words.length && !isQuoted;
  return {
    whole: isPlain ? argument.trim() : names.map(({ text }) => text).join(" "),
    names: names.map(({ text }) => text),
    isQuoted,
    given,
    ...flags,
    links,
    maxDelete: maxDelete === null ? null : Number(maxDelete),
    folder: values.folder.at(-1) ?? null,
    exclude: values.exclude.map(literalPattern),
    excludeFrom: values.excludeFrom.at(-1) ?? null,
    sums: values.sums.at(-1) ?? null,
    fromSums,
  };
}

/** Returns `null` if the last option lacks its value. */
function sortWords(words: readonly Word[]): SortedWords | null {
  const names: Word[] = [];
  const given = new Set<string>();
  const fields = [...FLAGS.values()].map(({ field }) => [field, false]);
  const flags = Object.fromEntries(fields) as Record<keyof TransferFlags, boolean>;
  const lists = [...VALUES.values()].map(({ field }): [ValueField, string[]] => [field, []]);
  const values = Object.fromEntries(lists) as Record<ValueField, string[]>;
  for (const rest = [...words]; rest.length > 0;) {
    const word = rest.shift() as Word;
    const [flag, option] = word.isQuoted ? [] : [FLAGS.get(word.text), VALUES.get(word.text)];
    if (flag !== undefined) {
      flags[flag.field] = true;
      given.add(flag.name);
    } else if (option === undefined) names.push(word);
    else {
      const value = rest.shift();
      if (value === undefined) return null;
      values[option.field].push(value.text);
      given.add(option.name);
    }
  }
  return { names, given, flags, values };
}

/** The first option of an argument that a command does not have, or `null`. */
export function unknownOption(argument: string, command: TransferCommand): string | null {
  const unknown = splitWords(argument)?.find(({ text, isQuoted }) => {
    const known = FLAGS.get(text) ?? VALUES.get(text);
    if (isQuoted) return false;
    return known === undefined ? OPTION.test(text) : (known.of ?? command) !== command;
  });
  return unknown?.text ?? null;
}

/** A path of this machine with `~` as the home folder. */
export function expandHome(path: string): string {
  if (path !== "~" && !path.startsWith("~/")) return path;
  const home = homeFolder();
  return home === null ? path : home + path.slice(1);
}

/** The folder of this machine that a request is for. @param otherwise where it names none */
export function directoryOf({ folder }: TransferRequest, otherwise: string): string {
  return folder === null ? otherwise : expandHome(folder);
}
