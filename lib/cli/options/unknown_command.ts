import { closest } from "../../client/closest.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";

/** The answer to a word that is none of `names`: suggests the nearest one, else says `otherwise`. */
export function describeUnknownCommand(
  word: string,
  names: readonly string[],
  otherwise: string,
  { t }: Locale,
): string {
  const near = closest(word, names);
  const hint = near === null ? otherwise : t("didYouMean", { name: near });
  return t("unknownCommand", { command: cleanLine(word), hint });
}
