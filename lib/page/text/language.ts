import { signal } from "@preact/signals-core";
import type { Language } from "../../protocol/errors.ts";
import { recall, remember } from "./kept.ts";

/** Each language with the code that browsers' languages begin with, and its own name. */
export const LANGUAGES: Readonly<
  Record<Language, { readonly code: string; readonly name: string }>
> = {
  en: { code: "en", name: "English" },
  "pt-BR": { code: "pt", name: "Português" },
};

const KEPT = "tcp-chat.language";

/** The language of the page. */
export const language = signal<Language>("en");

/** The first of the browser's languages that the page speaks; English where it speaks none. */
export function detectLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const code = tag.toLowerCase().split("-", 1)[0];
    const found = all().find((each) => LANGUAGES[each].code === code);
    if (found !== undefined) return found;
  }
  return "en";
}

/** Takes the language that was chosen here before, else the browser's. */
export function startLanguage(preferred: readonly string[]): void {
  const kept = recall(KEPT);
  language.value = all().find((each) => each === kept) ?? detectLanguage(preferred);
}

/** Changes the language, for later visits too. */
export function chooseLanguage(chosen: Language): void {
  remember(KEPT, chosen);
  language.value = chosen;
}

function all(): Language[] {
  return Object.keys(LANGUAGES) as Language[];
}
