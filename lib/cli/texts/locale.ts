import type { Language } from "../../protocol/errors.ts";
import { describeError, type Failure } from "./failure.ts";
import { formatSize } from "./format_size.ts";
import { type ArgumentsFor, fill, type Text } from "../../protocol/fill_text.ts";
import { type TextKey, TEXTS } from "./texts.ts";

/** All that depends on the language of a program's user. */
export interface Locale {
  readonly language: Language;
  /** A text of the table, with its parameters filled in. */
  readonly t: <K extends TextKey>(key: K, ...parameters: ArgumentsFor<typeof TEXTS[K]>) => string;
  /** Any other text, with its parameters filled in. */
  readonly fill: <T extends Text>(text: T, ...parameters: ArgumentsFor<T>) => string;
  /** A number of bytes: `15 MB`. */
  readonly size: (bytes: number) => string;
  /** A number with one decimal place: `1.5`, in Portuguese `1,5`. */
  readonly decimal: (value: number) => string;
  /** An error as its text, its hint and its exit code. */
  readonly failure: (error: unknown) => Failure;
}

/** The locale of a language. Its members need no `this`. */
export function makeLocale(language: Language): Locale {
  return {
    language,
    t: (key, ...parameters) => fill(TEXTS[key], language, ...parameters),
    fill: (text, ...parameters) => fill(text, language, ...parameters),
    size: (bytes) => formatSize(bytes, language),
    decimal: (value) =>
      value.toLocaleString(language, {
        minimumFractionDigits: 1,
        maximumFractionDigits: 1,
        useGrouping: false,
      }),
    failure: (error) => describeError(error, language),
  };
}
