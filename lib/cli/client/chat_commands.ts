import { pick } from "../options/command.ts";
import { OPERANDS } from "../options/operands.ts";
import { type ClientCommand, CONNECTION_OPTIONS, OUTPUT_OPTIONS } from "./client_command.ts";
import { runListen, runSay } from "./client_commands.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";

/** The commands for the chat. */
export const CHAT_COMMANDS: Readonly<Record<string, ClientCommand>> = {
  say: {
    run: runSay,
    summary: {
      en: "send a message; without TEXT from standard input",
      "pt-BR": "envia uma mensagem; sem TEXTO, da entrada padrão",
    },
    operands: [OPERANDS.address, {
      name: { en: "TEXT", "pt-BR": "TEXTO" },
      kind: "text",
      isOptional: true,
      isRepeated: true,
    }],
    options: {
      to: {
        ...CLIENT_OPTIONS.to,
        placeholder: "NICK",
        value: "nick",
        group: CLIENT_OPTIONS.nick.group,
        help: {
          en: "send it to this nick alone, privately",
          "pt-BR": "enviar só a este apelido, em privado",
        },
      },
      ...pick(CLIENT_OPTIONS, "room", "nick"),
      ...CONNECTION_OPTIONS,
      ...OUTPUT_OPTIONS,
    },
    examples: {
      en: `Examples:
  tcp-chat say 10.0.0.5 "Backup: OK"       to the lobby
  tcp-chat say 10.0.0.5 --to ana "Hello"   to ana alone`,
      "pt-BR": `Exemplos:
  tcp-chat say 10.0.0.5 "Backup: OK"       para o lobby
  tcp-chat say 10.0.0.5 --to ana "Oi"      só para ana`,
    },
  },
  listen: {
    run: runListen,
    summary: {
      en: "print the chat until stopped",
      "pt-BR": "mostra o chat até ser interrompido",
    },
    operands: [OPERANDS.address],
    options: {
      room: {
        ...CLIENT_OPTIONS.room,
        help: {
          en: "the room (lobby); may be repeated",
          "pt-BR": "a sala (lobby); pode ser repetido",
        },
      },
      history: {
        ...CLIENT_OPTIONS.history,
        help: {
          en: "past messages to show first (0)",
          "pt-BR": "mensagens passadas a mostrar antes (0)",
        },
      },
      ...pick(CLIENT_OPTIONS, "nick"),
      ...CONNECTION_OPTIONS,
      ...OUTPUT_OPTIONS,
    },
  },
};
