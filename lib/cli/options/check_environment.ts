import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { environmentName } from "./options.ts";

const MISSPELT = {
  en: "Unknown environment variable {variable}. Did you mean {name}?",
  "pt-BR": "Variável de ambiente desconhecida {variable}. Você quis dizer {name}?",
} as const satisfies Text;

/** The variables that are no options of either program, by names as those of options. */
export const OTHER_VARIABLES = ["ascii", "complete-remote", "find", "password"] as const;

/**
 * Refuses a variable whose name is a letter away from that of an option, or of {@link OTHER_VARIABLES}:
 * `TCP_CHAT_REQUIRE_ACOUNT=1` must not start an open server. The programs may not list variables, so
 * the likely names are looked up, but those that another option has.
 *
 * @throws {UsageError}
 */
export function checkEnvironment(
  names: Iterable<string>,
  env: (name: string) => string | undefined,
  { fill }: Locale,
): void {
  const known: ReadonlySet<string> = new Set([...names, ...OTHER_VARIABLES]);
  for (const option of known) {
    const name = environmentName(option);
    const wrong = misspellings(option).filter((word) => !known.has(word)); // `link` and `links` are two
    for (const variable of wrong.map(environmentName)) {
      if (env(variable) !== undefined) throw new UsageError(fill(MISSPELT, { variable, name }));
    }
  }
}

/** The words that lack a letter, have two swapped, one doubled, or a plural or hyphen too many. */
function misspellings(option: string): string[] {
  const words: string[] = [];
  for (let at = 0; at <= option.length; at++) {
    const [before, after] = [option.slice(0, at), option.slice(at)];
    words.push(
      before + after.slice(1),
      before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2),
    );
    for (const letter of ["s", "-", after.slice(0, 1)]) words.push(before + letter + after);
  }
  return words.filter((word) => word !== "" && word !== option);
}
