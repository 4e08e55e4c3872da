import { RightsError } from "../../accounts/rights.ts";
import { RuleError, type RuleErrorCode } from "../../accounts/rule_error.ts";
import type { Language } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { cleanLine } from "../../protocol/text.ts";
import { REASON_TEXTS } from "../../protocol/reason_texts.ts";
import { fill, type Text } from "../../protocol/fill_text.ts";

const NO_SUCH_RIGHT = {
  en:
    'There is no right "{word}": rights are read, write, delete and chat, separated by commas, or none',
  "pt-BR":
    'Não existe o direito "{word}": os direitos são read, write, delete e chat, separados por vírgulas, ou none',
} as const satisfies Text;

const RULE_AT = {
  en: "Cannot use {path}, line {line}, column {column}: {what}",
  "pt-BR": "Não é possível usar {path}, linha {line}, coluna {column}: {what}",
} as const satisfies Text;

/** Mistakes in a line of the rule file. */
const RULE_TEXTS = {
  "encoding": { en: "this is not UTF-8", "pt-BR": "isto não é UTF-8" },
  "file-long": {
    en: `the file has more than ${LIMITS.ruleFileBytes} bytes`,
    "pt-BR": `o arquivo tem mais de ${LIMITS.ruleFileBytes} bytes`,
  },
  "pattern-path": {
    en: "no file can match {word}. {reason}",
    "pt-BR": "nenhum arquivo pode corresponder a {word}. {reason}",
  },
  "pattern-stars": {
    en: "in {word}, ** must be a whole component, between two /",
    "pt-BR": "em {word}, ** deve ser um componente inteiro, entre duas /",
  },
  "quote": {
    en: "a pattern in quotes must end with a quote and a space",
    "pt-BR": "um padrão entre aspas deve terminar com aspas e um espaço",
  },
  "rights-missing": {
    en: "the rights are missing: read, write, delete and share, separated by commas, or none",
    "pt-BR": "faltam os direitos: read, write, delete e share, separados por vírgulas, ou none",
  },
  "rights-unknown": {
    en: '"{word}" is not a right: use read, write, delete and share, separated by commas, or none',
    "pt-BR":
      '"{word}" não é um direito: use read, write, delete e share, separados por vírgulas, ou none',
  },
  "subject-missing": {
    en: "the accounts are missing: *, guests, members, admins, or names of accounts",
    "pt-BR": "faltam as contas: *, guests, members, admins ou nomes de contas",
  },
  "subject-unknown": {
    en: '"{word}" is not an account: use *, guests, members, admins, or the name of an account',
    "pt-BR": '"{word}" não é uma conta: use *, guests, members, admins ou o nome de uma conta',
  },
} as const satisfies Readonly<Record<RuleErrorCode, Text>>;

/** Describes a mistake in rights or rules; `null` for other errors. */
export function describeRightsError(error: unknown, language: Language): string | null {
  if (error instanceof RuleError) return describeRuleError(error, language);
  if (!(error instanceof RightsError)) return null;
  return fill(NO_SUCH_RIGHT, language, { word: cleanLine(error.word) });
}

function describeRuleError(error: RuleError, language: Language): string {
  const { path, line, column, word } = error;
  const reason = error.reason === null ? "" : REASON_TEXTS[error.reason][language];
  const what = fill(RULE_TEXTS[error.code], language, { word: cleanLine(word), reason });
  return fill(RULE_AT, language, { path, line, column, what: what.trimEnd() });
}
