import type { ArgumentsFor, Text } from "../../protocol/fill_text.ts";

/** What is wrong with an option, or with its value. */
export const MESSAGES = {
  unknown: { en: "Unknown option {option}.{hint}", "pt-BR": "Opção desconhecida {option}.{hint}" },
  hint: { en: " Did you mean {name}?", "pt-BR": " Você quis dizer {name}?" },
  missing: { en: "{option} needs a value", "pt-BR": "{option} precisa de um valor" },
  integer: {
    en: "{option} must be a whole number from {minimum} to {maximum}, not {value}",
    "pt-BR": "{option} deve ser um número inteiro de {minimum} a {maximum}, não {value}",
  },
  size: {
    en: "{option} must be a size such as 500000, 10M or 2GiB, not {value}",
    "pt-BR": "{option} deve ser um tamanho como 500000, 10M ou 2GiB, não {value}",
  },
  rate: {
    en: "{option} must be bytes a second, such as 2M or 500KiB, at least {least}, not {value}",
    "pt-BR":
      "{option} deve ser bytes por segundo, como 2M ou 500KiB, no mínimo {least}, não {value}",
  },
  choice: {
    en: "{option} must be one of {choices}, not {value}",
    "pt-BR": "{option} deve ser um de {choices}, não {value}",
  },
  flag: {
    en: "{option} must be 1 or 0, not {value}",
    "pt-BR": "{option} deve ser 1 ou 0, não {value}",
  },
} as const satisfies Record<string, Text>;

/** Fills in one of the messages, in the language that the line asks for. */
export type Say = <K extends keyof typeof MESSAGES>(
  key: K,
  ...parameters: ArgumentsFor<(typeof MESSAGES)[K]>
) => string;
