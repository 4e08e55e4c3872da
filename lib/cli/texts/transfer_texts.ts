import type { Text } from "../../protocol/fill_text.ts";

/** The texts of the client about transfers as a whole. */
export const TRANSFER_TEXTS = {
  limitIs: {
    en: "File data: at most {rate}/s, each way",
    "pt-BR": "Dados de arquivos: no máximo {rate}/s em cada sentido",
  },
  noLimit: { en: "File data: no limit", "pt-BR": "Dados de arquivos: sem limite" },
  transfersCancelled: {
    en:
      "Cancelled. The same command goes on where it stopped; what was all but done may still be finished. Ctrl-C again leaves.",
    "pt-BR":
      "Cancelado. O mesmo comando continua de onde parou; o que estava quase pronto ainda pode terminar. Ctrl-C de novo sai.",
  },
  transferCancelled: {
    en:
      "{name}: cancelled. The same command goes on where it stopped; what was all but done may still be finished.",
    "pt-BR":
      "{name}: cancelado. O mesmo comando continua de onde parou; o que estava quase pronto ainda pode terminar.",
  },
  rateUsage: {
    en: "Usage: {usage}; at least 16KiB a second, such as 2M",
    "pt-BR": "Uso: {usage}; no mínimo 16KiB por segundo, como 2M",
  },
  noSuchTransfer: {
    en: "{name}: no such transfer is running.",
    "pt-BR": "{name}: não há transferência com este nome em curso.",
  },
  unknownOption: {
    en: "Unknown option {option}. A file of that name stands in quotes.",
    "pt-BR": "Opção desconhecida {option}. Um arquivo com esse nome fica entre aspas.",
  },
  nothingToCancel: { en: "No transfer is running.", "pt-BR": "Nenhuma transferência em curso." },
  movedSum: {
    en: "{files|# file|# files}, {size} in {time}",
    "pt-BR": "{files|# arquivo|# arquivos}, {size} em {time}",
  },
  movedSumSpeed: {
    en: "{files|# file|# files}, {size} in {time} ({speed}/s)",
    "pt-BR": "{files|# arquivo|# arquivos}, {size} em {time} ({speed}/s)",
  },
  alreadyThere: {
    en: "{skipped|# file was|# files were} there already",
    "pt-BR": "{skipped|# arquivo já estava|# arquivos já estavam} lá",
  },
  deletedHere: {
    en: "{deleted|# file was|# files were} deleted here",
    "pt-BR": "{deleted|# arquivo foi apagado|# arquivos foram apagados} aqui",
  },
  repeating: {
    en: "The same again {time} after each end; Ctrl-C stops.",
    "pt-BR": "O mesmo de novo {time} após cada fim; Ctrl-C encerra.",
  },
  retryIn: {
    en: "{message}; trying again in {time}",
    "pt-BR": "{message}; nova tentativa em {time}",
  },
  failedOf: {
    en: "{failed} of {total} files failed",
    "pt-BR": "{failed} de {total} arquivos {failed|falhou|falharam}",
  },
} as const satisfies Record<string, Text>;
