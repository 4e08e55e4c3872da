import { LANGUAGES } from "../texts/language.ts";
import type { OptionTable } from "./options.ts";

/** The options of both programs; they end the help. */
export const COMMON_OPTIONS = {
  lang: {
    kind: "text",
    placeholder: "en|pt-BR",
    choices: LANGUAGES,
    group: "output",
    help: { en: "language (from the locale)", "pt-BR": "idioma (do ambiente)" },
  },
  help: {
    kind: "flag",
    short: "h",
    group: "output",
    help: { en: "show this help", "pt-BR": "mostrar esta ajuda" },
  },
  version: {
    kind: "flag",
    short: "V",
    group: "output",
    help: { en: "show the version", "pt-BR": "mostrar a versão" },
  },
} as const satisfies OptionTable;
