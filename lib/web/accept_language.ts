import type { Language } from "../protocol/errors.ts";
import { listOf } from "./request_head.ts";

const RANGE = /^(\*|[a-z]{1,8})(?:-[a-z0-9-]+)?(?:;q=([01](?:\.\d{0,3})?))?$/;
/** By the first part of the tags that stand for it. */
const LANGUAGES: ReadonlyMap<string, Language> = new Map([["en", "en"], ["pt", "pt-BR"]]);

/**
 * The language that a person likes best (RFC 9110, section 12.5.4).
 *
 * @param list the value of Accept-Language; `undefined` if there is none
 * @param otherwise where it names none that is spoken here
 */
export function preferredLanguage(list: string | undefined, otherwise: Language): Language {
  let [best, bestWeight] = [otherwise, 0];
  for (const range of listOf(list)) {
    const [, tag = "", weight = "1"] = RANGE.exec(range.replace(/\s/g, "")) ?? [];
    const language = tag === "*" ? otherwise : LANGUAGES.get(tag);
    if (language === undefined || Number(weight) <= bestWeight) continue;
    [best, bestWeight] = [language, Number(weight)];
  }
  return best;
}
