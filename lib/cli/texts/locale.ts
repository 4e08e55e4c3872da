import type { Language } from "../../protocol/errors.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import { describeError, type Failure } from "./failure.ts";
import { HintedError } from "./hinted_error.ts";
import { HINTS, type Hints } from "./failure_texts.ts";
import { formatSize } from "./format_size.ts";
import { type ArgumentsFor, fill, type Text } from "../../protocol/fill_text.ts";
import { LANGUAGES } from "./language.ts";
import { type TextKey, TEXTS } from "./texts.ts";

/** A text with its parameters: safe to show if all of them are. */
type Filled<A extends readonly unknown[]> = A extends
  readonly [] | readonly [Readonly<Record<string, DisplayText | number>>] ? DisplayText : string;

/** All that depends on the language of a program's user. */
export interface Locale {
  readonly language: Language;
  /** A text of the table, with its parameters filled in; safe to show if they are. */
  readonly t: <K extends TextKey, const A extends ArgumentsFor<typeof TEXTS[K]>>(
    key: K,
    ...parameters: A
  ) => Filled<A>;
  /** Any other text, with its parameters filled in. */
  readonly fill: <T extends Text, const A extends ArgumentsFor<T>>(
    text: T,
    ...parameters: A
  ) => Filled<A>;
  /** A number of bytes: `15 MB`. */
  readonly size: (bytes: number) => DisplayText;
  /** A number with one decimal place: `1.5`, in Portuguese `1,5`. */
  readonly decimal: (value: number) => DisplayText;
  /** An error as its text, its hint and its exit code. */
  readonly failure: (error: unknown) => Failure;
}

/** The locale of a language. Its members need no `this`. */
export function makeLocale(language: Language): Locale {
  return {
    language,
    t: (key, ...parameters) => filled(fill(TEXTS[key], language, ...parameters)),
    fill: (text, ...parameters) => filled(fill(text, language, ...parameters)),
    size: (bytes) => cleanLine(formatSize(bytes, language)),
    decimal: (value) =>
      cleanLine(value.toLocaleString(language, {
        minimumFractionDigits: 1,
        maximumFractionDigits: 1,
        useGrouping: false,
      })),
    failure: (error) => describeError(error, language),
  };
}

/** The locale with advice of its own about some errors. */
export function withHints(locale: Locale, hints: Hints): Locale {
  const all = { ...HINTS, ...hints };
  const describe = (error: unknown) => describeError(error, locale.language, all);
  const failure = (error: unknown) =>
    error instanceof HintedError ? { ...describe(error.cause), hint: error.hint } : describe(error);
  return { ...locale, failure };
}

/** The locale of a language by its name; `otherwise` if it has none. */
export function localeOf(name: string | undefined, otherwise: Locale): Locale {
  const language = LANGUAGES.find((each) => each === name);
  return language === undefined ? otherwise : makeLocale(language);
}

/** Our own texts are safe to show; the type tells whether the parameters are. */
function filled<A extends readonly unknown[]>(text: string): Filled<A> {
  return text as Filled<A>;
}
