import type { Language } from "../protocol/errors.ts";
import type { Text } from "./language.ts";

interface CommandSpec {
  /** English, Portuguese, then others. */
  readonly words: readonly string[];
  readonly usage: Text;
  readonly help: Text;
}

/** The commands of the interactive client. */
export const COMMANDS = {
  chat: {
    words: ["chat"],
    usage: { en: "chat TEXT", "pt-BR": "chat TEXTO" },
    help: { en: "send a message to everybody", "pt-BR": "envia uma mensagem a todos" },
  },
  talk: {
    words: ["talk", "conversar"],
    usage: { en: "talk", "pt-BR": "conversar" },
    help: {
      en: "every line is chat, until talk again",
      "pt-BR": "cada linha é chat, até conversar de novo",
    },
  },
  file: {
    words: ["file", "arquivo", "get"],
    usage: { en: "file NAME", "pt-BR": "arquivo NOME" },
    help: { en: "fetch a file and verify it", "pt-BR": "busca um arquivo e o verifica" },
  },
  help: {
    words: ["help", "ajuda"],
    usage: { en: "help", "pt-BR": "ajuda" },
    help: { en: "show this list", "pt-BR": "mostra esta lista" },
  },
  quit: {
    words: ["quit", "sair"],
    usage: { en: "quit", "pt-BR": "sair" },
    help: { en: "leave", "pt-BR": "sai" },
  },
} as const satisfies Record<string, CommandSpec>;

/** A command, whatever the language of its word. */
export type CommandName = keyof typeof COMMANDS;

/** The command of a word in either language, or `null`. */
export function findCommand(word: string): CommandName | null {
  const lower = word.toLowerCase();
  for (const [name, { words }] of Object.entries<CommandSpec>(COMMANDS)) {
    if (words.includes(lower)) return name as CommandName;
  }
  return null;
}

/** All words of all commands. */
export function commandWords(): string[] {
  return Object.values<CommandSpec>(COMMANDS).flatMap(({ words }) => words);
}

/** What to complete a line to: command words only. */
export function completeCommand(line: string): string[] {
  const slash = line.startsWith("/") ? "/" : "";
  return commandWords().map((word) => slash + word).filter((word) => word.startsWith(line));
}

/** The list of commands, a line each. */
export function commandHelp(language: Language): string {
  const rows = Object.values<CommandSpec>(COMMANDS);
  const width = Math.max(...rows.map(({ usage }) => usage[language].length)) + 2;
  return rows.map(({ usage, help }) => `  ${usage[language].padEnd(width)}${help[language]}`)
    .join("\n");
}
