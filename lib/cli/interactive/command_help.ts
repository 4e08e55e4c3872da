import { cleanText, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { wrapColumns } from "../options/wrap_words.ts";
import { describeUnknownCommand } from "../options/unknown_command.ts";
import { type CommandName, COMMANDS, commandSpecs, commandWords, findCommand } from "./commands.ts";

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

/** The answer to a word that is no command: suggests the one that is meant, in the user's language. */
export function unknownCommand(word: string, onlyOriginal: boolean, locale: Locale): DisplayText {
  const translate = (name: string) => {
    const [own = name] = locale.fill(COMMANDS[findCommand(name) ?? "help"].usage).split(" ");
    return own;
  };
  const words = commandWords(onlyOriginal);
  return cleanText(describeUnknownCommand(word, words, locale.t("seeHelp"), locale, translate));
}
