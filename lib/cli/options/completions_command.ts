import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import type { Command } from "./command.ts";
import { COMMON_OPTIONS } from "./common_options.ts";
import { COMPLETION_SCRIPTS, type Shell, SHELLS } from "./completion_scripts.ts";

/** The command `completions` of both programs. */
export const COMPLETIONS_COMMAND = {
  summary: {
    en: "print the script that completes commands at Tab",
    "pt-BR": "mostra o script que completa comandos com Tab",
  },
  operands: [{ name: { en: "SHELL", "pt-BR": "SHELL" }, kind: "text", choices: SHELLS }],
  options: COMMON_OPTIONS,
  examples: {
    en: `Examples:
  {name} bash        or zsh, fish, powershell
  {name} fish >~/.config/fish/completions/tcp-chat.fish`,
    "pt-BR": `Exemplos:
  {name} bash        ou zsh, fish, powershell
  {name} fish >~/.config/fish/completions/tcp-chat.fish`,
  },
} as const satisfies Command;

/** The hidden command that the scripts call, see {@link COMPLETE_COMMAND}. */
export const COMPLETE_SPEC = {
  summary: { en: "complete a line", "pt-BR": "completa uma linha" },
  operands: [],
  options: {},
  isHidden: true,
} as const satisfies Command;

const NO_SHELL = {
  en: "Which shell? Give one of {shells}",
  "pt-BR": "Qual shell? Informe um de {shells}",
} as const satisfies Text;

const OTHER_SHELL = {
  en: "Which shell? Give one of {shells}, not {value}",
  "pt-BR": "Qual shell? Informe um de {shells}, não {value}",
} as const satisfies Text;

/** The script for the shell that the arguments name. @throws {UsageError} */
export function completionScript(args: readonly string[], { fill }: Locale): string {
  const [shell = ""] = args;
  const isOne = args.length === 1 && (SHELLS as readonly string[]).includes(shell);
  if (isOne) return COMPLETION_SCRIPTS[shell as Shell];
  const shells = SHELLS.join(", ");
  if (args.length === 0) throw new UsageError(fill(NO_SHELL, { shells }));
  throw new UsageError(fill(OTHER_SHELL, { shells, value: cleanLine(args.join(" ")) }));
}
