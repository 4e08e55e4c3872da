import { type ArgumentsFor, fill } from "../../protocol/fill_text.ts";
import { language } from "./language.ts";
import { LATER_TEXTS } from "./later_texts.ts";
import { TEXTS } from "./texts.ts";

const ALL = { ...TEXTS, ...LATER_TEXTS } as const;

/** The name of a text of the page, or of a view that is loaded after it. */
export type LaterTextKey = keyof typeof ALL;

/** The same as `t` of the page, for the views that are loaded after it: they have texts of their own. */
export function t<K extends LaterTextKey>(key: K, ...values: ArgumentsFor<typeof ALL[K]>): string {
  return fill(ALL[key], language.value, ...values);
}
