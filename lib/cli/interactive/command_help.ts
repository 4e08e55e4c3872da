import { cleanText, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { type CommandName, COMMANDS, commandSpecs } from "./commands.ts";

/** The columns that a help text needs at least: in fewer it is not wrapped below itself. */
const LEAST_HELP_COLUMNS = 20;

/** How the list of commands is made. */
export interface CommandHelpOptions {
  /** Only this command; `null` for all. */
  readonly only?: CommandName | null;
  /** Only the commands of protocol 1. */
  readonly onlyOriginal?: boolean;
  /** The width of the screen. Default: no limit. */
  readonly columns?: number;
}

/** Whether the argument of a command asks for its help, in any case as the commands, whatever it takes else. */
export function asksForHelp(argument: string): boolean {
  return /^(?:--help|-h)$/i.test(argument);
}

/** The list of commands, a line each; what a line has no room for goes on below its help text. */
export function commandHelp(
  { fill }: Locale,
  { only = null, onlyOriginal = false, columns = Infinity }: CommandHelpOptions = {},
): DisplayText {
  const specs = only === null ? commandSpecs(onlyOriginal) : [COMMANDS[only]];
  const rows = specs.map((spec) => [fill(spec.usage), fill(spec.help)] as const);
  const width = Math.max(...rows.map(([usage]) => usage.length)) + 4;
  const left = columns - width;
  const lines = rows.flatMap(([usage, help]) =>
    wrapWords(help, left < LEAST_HELP_COLUMNS ? Infinity : left)
      .map((text, line) => (line === 0 ? `  ${usage}` : "").padEnd(width) + text)
  );
  return cleanText(lines.join("\n"));
}

/** Breaks a text at blanks into lines of so many characters; a longer word has a line of its own. */
function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
