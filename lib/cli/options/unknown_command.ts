import { closest } from "../../client/closest.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { commandMeant } from "./other_words.ts";

/**
 * The answer to a word that is none of `names`: suggests the one that is meant, else says `otherwise`.
 *
 * @param translate a command that another program calls otherwise, as it is called here
 */
export function describeUnknownCommand(
  word: string,
  names: readonly string[],
  otherwise: string,
  { t }: Locale,
  translate = (name: string) => name,
): string {
  const meant = commandMeant(word, names);
  const name = meant === null ? closest(word, names) : translate(meant);
  const hint = name === null ? otherwise : t("didYouMean", { name });
  return t("unknownCommand", { command: cleanLine(word), hint });
}
