import { LANGUAGES } from "../texts/language.ts";
import type { OptionTable } from "./options.ts";

/** The options of whatever the configuration file of its program counts for. */
export const CONFIG_OPTIONS = {
  config: {
    kind: "text",
    placeholder: "FILE",
    value: "file",
    group: "output",
    help: {
      en: "read options from this file of TOML instead of the usual one",
      "pt-BR": "ler opções deste arquivo TOML em vez do usual",
    },
  },
  "print-config": {
    kind: "flag",
    group: "output",
    help: {
      en: "show each option's value, and where it comes from; no more",
      "pt-BR": "só mostrar o valor de cada opção, e de onde vem",
    },
  },
} as const satisfies OptionTable;

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

/** The options that are for the command line and the environment, not for a file. */
export const LINE_OPTIONS: readonly string[] = [
  "help",
  "version",
  "config",
  "print-config",
  "link",
];
