import type { Language } from "./errors.ts";

/**
 * A text in every language. `{name}` stands for a parameter of that name; `{name|one|other}` and
 * `{name|zero|one|other}` for the form that agrees with it, in which `#` stands for the number:
 * `{files|no files|# file|# files}`.
 */
export type Text = Readonly<Record<Language, string>>;

/** The parameters of a text, by their names. */
export type Parameters = Readonly<Record<string, string | number>>;

/** The names of the parameters of a literal string; `string` for any other string. */
type ParameterNames<S extends string> = string extends S ? string
  : S extends `${string}{${infer Place}}${infer Rest}`
    ? (Place extends `${infer Name}|${string}` ? Name : Place) | ParameterNames<Rest>
  : never;

/**
 * The arguments that fill in a text: an object with all of its parameters, nothing for a text
 * without any. A text that is not known to the compiler may have any.
 */
export type ArgumentsFor<T extends Text> = string extends T[Language] ? [parameters?: Parameters]
  : [ParameterNames<T[Language]>] extends [never] ? []
  : [parameters: Readonly<Record<ParameterNames<T[Language]>, string | number>>];

const PLACE = /\{(\w+)(?:\|([^{}]*))?\}/g;

/** Made when a text first asks for it: most runs never do. */
const pluralRules: Partial<Record<Language, Intl.PluralRules>> = {};

/** A text in one language, with its parameters filled in. */
export function fill<T extends Text>(
  text: T,
  language: Language,
  ...[parameters]: ArgumentsFor<T>
): string {
  const values: Parameters = parameters ?? {};
  return text[language].replace(PLACE, (place: string, name: string, forms?: string) => {
    const value = values[name];
    if (value === undefined) return place;
    return forms === undefined ? String(value) : agree(Number(value), forms.split("|"), language);
  });
}

/** Without a form of its own zero takes the last one, in Portuguese too: `0 arquivos`. */
function agree(count: number, forms: readonly string[], language: Language): string {
  const rules = pluralRules[language] ??= new Intl.PluralRules(language);
  const isOne = count !== 0 && rules.select(count) === "one";
  const zero = forms.length === 3 && count === 0 ? forms[0] : undefined;
  const form = zero ?? forms.at(isOne ? -2 : -1) ?? "";
  return form.replaceAll("#", String(count));
}
