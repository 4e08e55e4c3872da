import type { Text } from "../texts/language.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { environmentName } from "./options.ts";

/** Variables that either program reads; those of the other one are no mistake. */
export const VARIABLE_OPTIONS: readonly string[] = [
  ...["allow-upload", "bell", "chat-rate", "data", "fingerprint", "guest", "help", "history"],
  ...["host", "jobs", "json", "lang", "long", "max-clients", "max-per-address", "max-upload"],
  ...["max-workers", "metrics", "name", "nick", "no-chat", "no-console", "no-files", "no-resume"],
  ...["output", "password", "password-file", "port", "protocol", "quiet", "recursive", "replace"],
  ...["require-account", "role", "room", "root", "sha256", "stdout", "talk", "timeout", "tls"],
  ...["tls-cert", "tls-key", "to", "trust", "user", "version", "without-database", "zstd"],
];

const MISSPELT = {
  en: "Unknown environment variable {variable}. Did you mean {name}?",
  "pt-BR": "Variável de ambiente desconhecida {variable}. Você quis dizer {name}?",
} as const satisfies Text;

/**
 * Refuses a variable whose name is one letter away from that of an option: `TCP_CHAT_REQUIRE_ACOUNT=1`
 * must not start an open server. The programs may not list variables, so the likely ones are looked up.
 *
 * @throws {UsageError}
 */
export function checkEnvironment(
  names: Iterable<string>,
  env: (name: string) => string | undefined,
  { fill }: Locale,
): void {
  const known = new Set(VARIABLE_OPTIONS.map(environmentName));
  for (const option of names) {
    const name = environmentName(option);
    for (const variable of misspellings(option).map(environmentName)) {
      if (known.has(variable) || env(variable) === undefined) continue;
      throw new UsageError(fill(MISSPELT, { variable, name }));
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
