import { SumListError, type SumListErrorCode } from "../../files/sum_list.ts";
import type { Language } from "../../protocol/errors.ts";
import { fill, type Text } from "../../protocol/fill_text.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { REASON_TEXTS } from "../../protocol/reason_texts.ts";
import { cleanLine } from "../../protocol/text.ts";

/** Characters of a line that are shown. */
const SHOWN_CHARACTERS = 100;

/** Mistakes in a list of sums. */
const SUM_LIST_TEXTS = {
  "malformed": {
    en: "Line {line} of the sums is not a SHA-256 and the path of a file: {text}",
    "pt-BR": "A linha {line} da lista não é um SHA-256 e o caminho de um arquivo: {text}",
  },
  "path": {
    en: "Line {line} of the sums: {text}: {reason}",
    "pt-BR": "Linha {line} da lista: {text}: {reason}",
  },
  "repeated": {
    en: "Line {line} of the sums has {text} a second time",
    "pt-BR": "A linha {line} da lista tem {text} pela segunda vez",
  },
  "empty": {
    en: "The list of sums names no file: {text}",
    "pt-BR": "A lista não indica nenhum arquivo: {text}",
  },
  "too-large": {
    en: `The list of sums has more than ${LIMITS.sumFileBytes} bytes: {text}`,
    "pt-BR": `A lista tem mais de ${LIMITS.sumFileBytes} bytes: {text}`,
  },
} as const satisfies Readonly<Record<SumListErrorCode, Text>>;

/** Describes a mistake in a list of sums; `null` for other errors. */
export function describeSumListError(error: unknown, language: Language): string | null {
  if (!(error instanceof SumListError)) return null;
  const { code, line } = error;
  const reason = error.reason === null ? "" : REASON_TEXTS[error.reason][language];
  const text = cleanLine(error.text.slice(0, SHOWN_CHARACTERS));
  return fill(SUM_LIST_TEXTS[code], language, { line, text, reason });
}
