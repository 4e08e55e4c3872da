import type { Operand } from "./command.ts";

/** The operands that several commands have. */
export const OPERANDS = {
  address: { name: { en: "HOST[:PORT]", "pt-BR": "HOST[:PORTA]" }, kind: "host" },
  paths: { name: { en: "PATH", "pt-BR": "CAMINHO" }, kind: "remote", isRepeated: true },
  account: { name: { en: "NAME", "pt-BR": "NOME" }, kind: "account" },
  subcommand: { name: { en: "COMMAND", "pt-BR": "COMANDO" }, kind: "command" },
  anyCommand: {
    name: { en: "COMMAND", "pt-BR": "COMANDO" },
    kind: "command",
    isOptional: true,
    isRepeated: true,
  },
} as const satisfies Record<string, Operand>;
