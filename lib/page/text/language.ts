import { computed, signal } from "@preact/signals-core";
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

/** The languages that the browser asks for, the liked ones first. */
const preferred = signal<readonly string[]>([]);

/** The language of the page. */
export const language = signal<Language>("en");

/**
 * The locale for numbers and times: the browser's variant of the page's language, so that times look
 * as they do elsewhere.
 */
export const locale = computed<string>(() => {
  const { code } = LANGUAGES[language.value];
  return preferred.value.find((tag) => codeOf(tag) === code) ?? language.value;
});

/** The first of the browser's languages that the page speaks; English where it speaks none. */
export function detectLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const found = all().find((each) => LANGUAGES[each].code === codeOf(tag));
    if (found !== undefined) return found;
  }
  return "en";
}

/** Takes the language that was chosen here before, else the browser's. */
export function startLanguage(tags: readonly string[]): void {
  preferred.value = tags;
  const kept = recall(KEPT);
  language.value = all().find((each) => each === kept) ?? detectLanguage(tags);
}

/** Changes the language, for later visits too. */
export function chooseLanguage(chosen: Language): void {
  remember(KEPT, chosen);
  language.value = chosen;
}

function codeOf(tag: string): string {
  return tag.toLowerCase().split("-", 1)[0] ?? "";
}

function all(): Language[] {
  return Object.keys(LANGUAGES) as Language[];
}
