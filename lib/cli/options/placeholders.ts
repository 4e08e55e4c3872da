import type { Language } from "../../protocol/errors.ts";

/** The words of placeholders in Portuguese. Others, as `HEX`, are the same in both languages. */
const WORDS: Readonly<Record<string, string>> = {
  ADDR: "ENDEREÇO",
  DAYS: "DIAS",
  DIR: "PASTA",
  FILE: "ARQUIVO",
  NAME: "NOME",
  NICK: "APELIDO",
  PATTERN: "PADRÃO",
  PORT: "PORTA",
  RATE: "TAXA",
  RIGHTS: "DIREITOS",
  ROOM: "SALA",
  SECONDS: "SEGUNDOS",
  SIZE: "TAMANHO",
  TEXT: "TEXTO",
  TIME: "TEMPO",
};

/** What stands for the value of an option, in a language. */
export function placeholderIn(language: Language, placeholder: string): string {
  if (language === "en") return placeholder;
  return placeholder.replace(/[A-Z]+/g, (word) => WORDS[word] ?? word);
}
