import type { Language } from "../../protocol/errors.ts";

/**
 * Each language with the code that locales begin with. Does not compile unless it has all members
 * of {@link Language} and no other.
 */
const CODES: Readonly<Record<Language, string>> = { en: "en", "pt-BR": "pt" };

/** Every language. */
export const LANGUAGES = Object.keys(CODES) as readonly Language[];

/**
 * The language that the environment asks for (POSIX: LC_ALL, then LC_MESSAGES, then LANG); English
 * where it asks for another one, or none.
 */
export function detectLanguage(env: (name: string) => string | undefined): Language {
  const locale = env("LC_ALL") || env("LC_MESSAGES") || env("LANG") || "";
  const [code] = locale.toLowerCase().split(/[^a-z]/, 1);
  return LANGUAGES.find((language) => CODES[language] === code) ?? "en";
}
