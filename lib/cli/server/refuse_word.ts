import { closest } from "../../client/closest.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { visibleCommands } from "../options/command.ts";
import { commandMeant } from "../options/other_words.ts";
import { describeUnknownCommand } from "../options/unknown_command.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { SERVER_PROGRAM } from "./server_program.ts";

const FOLDER = {
  en: "Unexpected argument {value}. -r serves a folder, and help lists the commands",
  "pt-BR": "Argumento inesperado {value}. -r serve uma pasta, e help lista os comandos",
} as const satisfies Text;

/** Refuses a word at the start of the server: a command that is mistyped, or else a folder. @throws {UsageError} */
export function refuseWord(word: string | undefined, locale: Locale): void {
  if (word === undefined) return;
  const names = visibleCommands(SERVER_PROGRAM).map(([name]) => name);
  const isCommand = (commandMeant(word, names) ?? closest(word, names)) !== null;
  throw new UsageError(
    isCommand
      ? describeUnknownCommand(word, names, "", locale)
      : locale.fill(FOLDER, { value: word }),
  );
}
