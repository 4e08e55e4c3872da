import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";

/** Options of a transfer that do nothing without another one. */
const PARTNERS: readonly (readonly [option: string, partner: string])[] = [
  ["checksum", "dry-run"],
  ["max-delete", "delete"],
  ["yes", "delete"],
];

const LACKING = {
  en: "--{option} needs --{partner}",
  "pt-BR": "--{option} precisa de --{partner}",
} as const satisfies Text;

/** That an option lacks the one without which it does nothing; `null` if none does. @param given their names */
export function describeLacking(
  given: ReadonlySet<string>,
  { fill }: Locale,
  isSet: (option: string) => boolean = (option) => given.has(option),
): DisplayText | null {
  const lacking = PARTNERS.find(([option, partner]) => given.has(option) && !isSet(partner));
  if (lacking === undefined) return null;
  const [option, partner] = lacking;
  return fill(LACKING, { option: cleanLine(option), partner: cleanLine(partner) });
}
