import type { Locale } from "../texts/locale.ts";
import { type BashLine, quoteForBash, readBashLine } from "./bash_words.ts";
import type { Command } from "./command.ts";
import { type Candidate, complete, type Completion, type LookUp } from "./complete.ts";
import type { Shell } from "./completion_scripts.ts";

interface Line {
  readonly words: readonly string[];
  readonly current: string;
  /** A candidate as the shell's script expects it; `null` if the shell cannot insert it here. */
  readonly format: (candidate: Candidate) => string | null;
}

/** How a shell's script tells the line. */
const READERS: Readonly<Record<Shell, (args: readonly string[]) => Line>> = {
  bash: readBash,
  zsh: readWords,
  fish: readWords,
  powershell: readPowerShell,
};

/**
 * Answers the script of a shell: lines `=CANDIDATE`, `:files` or `:folders` for local paths, and
 * `:nospace` for a word that goes on.
 *
 * @param args the shell and the line, as {@link COMPLETION_SCRIPTS} pass them
 */
export async function answerCompletion(
  root: Command,
  [shell = "", ...args]: readonly string[],
  lookUp: LookUp,
  locale: Locale,
): Promise<string[]> {
  if (!Object.hasOwn(READERS, shell)) return [];
  const line = READERS[shell as Shell](args);
  return format(await complete(root, line, lookUp, locale), line, shell as Shell);
}

function format({ candidates, paths }: Completion, line: Line, shell: Shell): string[] {
  const texts = candidates.map(line.format).filter((text) => text !== null);
  const answers = texts.map((text) => `=${text}`);
  if (paths !== null) answers.push(`:${paths}`);
  // Other scripts look at the end of each candidate; bash has one switch for all
  const isOpen = texts.length === 1 && /[/=:]$/.test(candidates[0]?.value ?? "");
  if (shell === "bash" && isOpen) answers.push(":nospace");
  return answers;
}

/** zsh and fish quote what they insert. */
function readWords([current = "=", ...words]: readonly string[]): Line {
  return {
    words,
    current: current.slice(1),
    format: ({ value, help }) => `${value}\t${help}`,
  };
}

/** The word comes with its opening quote, and is replaced with it. */
function readPowerShell([current = "=", ...words]: readonly string[]): Line {
  return {
    words,
    current: current.slice(1).replace(/^['"]/, ""),
    format: ({ value, help }) => `${quoteForPowerShell(value)}\t${value}\t${help}`,
  };
}

/** PowerShell takes four other characters for a single quote, too. */
function quoteForPowerShell(value: string): string {
  if (/^[\w./:][\w./:=-]*$/.test(value) || /^--[\w=-]+$/.test(value)) return value;
  return `'${value.replaceAll(/['\u2018-\u201b]/g, "$&$&")}'`;
}

/**
 * The word is the line's last one, but bash replaces only `replaced`, the end of it: quotes and
 * characters such as `:` and `=` start a word for its line editor.
 */
function readBash([replaced = "", text = ""]: readonly string[]): Line {
  const line = readBashLine(text);
  const [, ...words] = withoutAssignments(line);
  const kept = readBashLine(line.raw.slice(0, line.raw.length - replaced.length));
  const isKnown = line.raw.endsWith(replaced);
  return {
    words,
    current: line.current,
    format: ({ value }) =>
      isKnown && value.startsWith(kept.current)
        ? quoteForBash(value.slice(kept.current.length), kept.quote)
        : null,
  };
}

/** The words from the program on: assignments may precede it. */
function withoutAssignments({ words }: BashLine): readonly string[] {
  const start = words.findIndex((word) => !/^\w+=/.test(word));
  return start < 0 ? [] : words.slice(start);
}
