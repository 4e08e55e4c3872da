import type { Language } from "../../protocol/errors.ts";

/** A text in every language. `{name}` stands for a parameter of that name. */
export type Text = Readonly<Record<Language, string>>;

/** Every language that there is. */
export const LANGUAGES: readonly Language[] = ["en", "pt-BR"];

/** The language that the environment asks for (POSIX: LC_ALL, then LC_MESSAGES, then LANG). */
export function detectLanguage(env: (name: string) => string | undefined): Language {
  const locale = env("LC_ALL") || env("LC_MESSAGES") || env("LANG") || "";
  return /^pt\b|^pt_/i.test(locale) ? "pt-BR" : "en";
}

/** A text in one language, with its parameters filled in. */
export function fill(
  text: Text,
  language: Language,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  return text[language].replace(/\{(\w+)\}/g, (whole, name) => String(parameters[name] ?? whole));
}
