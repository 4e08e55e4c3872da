import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";

const WISH = {
  en: "--delete needs --replace, and exactly one folder",
  "pt-BR": "--delete precisa de --replace e de exatamente uma pasta",
} as const satisfies Text;

/** The mistake of a `--delete` beside options that leave no room for it. */
export function mirrorMistake({ fill }: Locale): UsageError {
  return new UsageError(fill(WISH));
}
