import { CLIENT_TEXTS } from "./client_texts.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { SERVER_TEXTS } from "./server_texts.ts";
import { TRANSFER_TEXTS } from "./transfer_texts.ts";

/** The texts that the programs print, except those of the help and of errors. */
export const TEXTS = {
  ...SERVER_TEXTS,
  ...CLIENT_TEXTS,
  ...TRANSFER_TEXTS,
  unexpectedArgument: {
    en: "Unexpected argument {value}",
    "pt-BR": "Argumento inesperado {value}",
  },
  noClients: { en: "no clients", "pt-BR": "nenhum cliente" },
  noFiles: { en: "no files", "pt-BR": "nenhum arquivo" },
  askAccount: { en: "Account: ", "pt-BR": "Conta: " },
  askPassword: { en: "Password: ", "pt-BR": "Senha: " },
  askNewPassword: { en: "Password for {name}: ", "pt-BR": "Senha para {name}: " },
  askAgain: { en: "Repeat the password: ", "pt-BR": "Repita a senha: " },
  passwordsDiffer: {
    en: "The two passwords differ",
    "pt-BR": "As duas senhas são diferentes",
  },
  unknownCommand: {
    en: "Unknown command: {command}. {hint}",
    "pt-BR": "Comando desconhecido: {command}. {hint}",
  },
  didYouMean: { en: "Did you mean {name}?", "pt-BR": "Você quis dizer {name}?" },
  roomLine: {
    en: "#{room}: {members|# client|# clients}, {seq|no messages|# message|# messages}",
    "pt-BR":
      "#{room}: {members|# cliente|# clientes}, {seq|nenhuma mensagem|# mensagem|# mensagens}",
  },
  noRooms: { en: "no rooms", "pt-BR": "nenhuma sala" },
} as const satisfies Record<string, Text>;

/** The name of a text. */
export type TextKey = keyof typeof TEXTS;
