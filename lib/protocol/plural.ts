import type { Language } from "./errors.ts";

/** The forms of a text that names a count. */
export interface PluralForms {
  /** The singular. */
  readonly one: string;
  /** The plural, for 0 too. */
  readonly other: string;
}

/** Made at the first use: most runs need none. */
const pluralRules: Partial<Record<Language, Intl.PluralRules>> = {};

/**
 * Chooses the form that agrees with a count: `1 file`, `2 files`.
 *
 * By CLDR, 0 is singular in Portuguese; Brazilians write `0 arquivos`, so it is plural here.
 */
export function pluralForm(count: number, forms: PluralForms, language: Language): string {
  const rules = pluralRules[language] ??= new Intl.PluralRules(language);
  return count !== 0 && rules.select(count) === "one" ? forms.one : forms.other;
}
