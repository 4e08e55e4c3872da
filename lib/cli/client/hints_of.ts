import type { Command } from "../options/command.ts";
import type { Hints } from "../texts/failure_texts.ts";
import type { Invocation } from "./client_invocation.ts";

const HINTS = {
  protocolAsked: {
    en: "--protocol 1 asks for that: without it, protocol 2 is spoken where the server can.",
    "pt-BR": "--protocol 1 pede isso: sem ele, fala-se o protocolo 2 onde o servidor pode.",
  },
  otherAccount: {
    en: "Does another account have the right? --user NAME logs in.",
    "pt-BR": "Outra conta tem o direito? --user NOME faz login.",
  },
} as const;

/** The advice about errors that depends on what a run was asked for. */
export function hintsOf(
  { protocol, replace, user }: Pick<Invocation["values"], "protocol" | "replace" | "user">,
  options: Command["options"],
): Hints {
  const canReplace = Object.hasOwn(options, "replace") && !replace;
  return {
    ...(protocol === "1" && { "protocol-1": HINTS.protocolAsked }),
    ...(!canReplace && { exists: null }),
    ...(user !== undefined && { denied: HINTS.otherAccount }),
  };
}
