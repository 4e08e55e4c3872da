import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { childOf, type Command, visibleCommands } from "./command.ts";
import { COMMON_OPTIONS } from "./common_options.ts";
import { renderHelp } from "./help.ts";
import { OPERANDS } from "./operands.ts";
import { describeUnknownCommand } from "./unknown_command.ts";

/** The command `help` of a program. */
export const HELP_COMMAND = {
  summary: {
    en: "show this help, or that of a command with its options",
    "pt-BR": "mostra esta ajuda, ou a de um comando, com opções",
  },
  operands: [OPERANDS.anyCommand],
  options: COMMON_OPTIONS,
} as const satisfies Command;

/**
 * The help of the command that some words name.
 *
 * @param name the program's
 * @param screen the width of the screen
 * @throws {UsageError} when there is no such command
 */
export function helpOf(
  name: string,
  root: Command,
  words: readonly string[],
  locale: Locale,
  screen: number = Infinity,
): string {
  let command = root;
  for (const word of words) {
    const child = childOf(command, word);
    const names = visibleCommands(command).map(([name]) => name);
    if (child === null) {
      throw new UsageError(
        describeUnknownCommand(word, names, locale.t("seeHelpOption"), locale),
      );
    }
    command = child;
  }
  return renderHelp([name, ...words].join(" "), command, locale, screen);
}
