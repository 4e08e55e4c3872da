import { cleanText, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { wrapColumns } from "../options/wrap_words.ts";
import { type CommandName, COMMANDS, commandSpecs } from "./commands.ts";

/** How the list of commands is made. */
export interface CommandHelpOptions {
  /** Only this command; `null` for all. */
  readonly only?: CommandName | null;
  /** Only the commands of protocol 1. */
  readonly onlyOriginal?: boolean;
  /** The width of the screen. Default: no limit. */
  readonly columns?: number;
}

/** The list of commands, a line each; what a line has no room for goes on below its help text. */
export function commandHelp(
  { fill }: Locale,
  { only = null, onlyOriginal = false, columns = Infinity }: CommandHelpOptions = {},
): DisplayText {
  const specs = only === null ? commandSpecs(onlyOriginal) : [COMMANDS[only]];
  const rows = specs.map((spec) => [`  ${fill(spec.usage)}`, fill(spec.help)] as const);
  const width = Math.max(...rows.map(([usage]) => usage.length)) + 2;
  return cleanText(wrapColumns(rows, width, columns).join("\n"));
}
