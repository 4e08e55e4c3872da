import { type ArgumentsFor, fill } from "../../protocol/fill_text.ts";
import { language } from "./language.ts";
import { TEXTS } from "./texts.ts";

/** The name of a text of the page. */
export type TextKey = keyof typeof TEXTS;

/** A text in the page's language; a view that calls it follows the language. */
export function t<K extends TextKey>(key: K, ...values: ArgumentsFor<typeof TEXTS[K]>): string {
  return fill(TEXTS[key], language.value, ...values);
}
