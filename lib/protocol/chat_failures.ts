import {
  describeFailure,
  type Language,
  type RequestError,
  type RequestErrorReason,
} from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** The reasons of failed chat requests. */
export type ChatErrorReason = Extract<
  RequestErrorReason,
  "banned" | `message-${string}` | `nick-${string}` | `room-${string}` | `rooms-${string}`
>;

/** The text of each reason. Peers compare the texts of FERR: they never change. */
export const CHAT_FAIL_TEXTS: Readonly<
  Record<ChatErrorReason, Readonly<Record<Language, string>>>
> = {
  "banned": { en: "You are banned here", "pt-BR": "Você está banido daqui" },
  "message-characters": {
    en: "The message holds a control character or is not valid Unicode",
    "pt-BR": "A mensagem tem um caractere de controle ou não é Unicode válido",
  },
  "message-empty": { en: "The message is empty", "pt-BR": "A mensagem está vazia" },
  "message-long": {
    en: `The message is longer than ${LIMITS.messageBytes} bytes`,
    "pt-BR": `A mensagem tem mais de ${LIMITS.messageBytes} bytes`,
  },
  "nick-malformed": {
    en: `A nick has 1 to ${LIMITS.nickCharacters} letters, digits, _, - or .`,
    "pt-BR": `Um apelido tem de 1 a ${LIMITS.nickCharacters} letras, algarismos, _, - ou .`,
  },
  "nick-reserved": { en: "This nick is reserved", "pt-BR": "Este apelido é reservado" },
  "nick-taken": { en: "This nick is in use", "pt-BR": "Este apelido está em uso" },
  "nick-unknown": { en: "Nobody here has this nick", "pt-BR": "Ninguém aqui tem este apelido" },
  "room-malformed": {
    en: `The name of a room has 1 to ${LIMITS.roomCharacters} of a-z, 0-9, _ and -`,
    "pt-BR": `O nome de uma sala tem de 1 a ${LIMITS.roomCharacters} de a-z, 0-9, _ e -`,
  },
  "room-not-in": { en: "You are not in this room", "pt-BR": "Você não está nesta sala" },
  "room-unknown": { en: "Nobody is in this room", "pt-BR": "Ninguém está nesta sala" },
  "rooms-full": {
    en: "There are too many rooms, try again later",
    "pt-BR": "Há salas demais, tente mais tarde",
  },
  "rooms-joined": {
    en: `You are in ${LIMITS.roomsPerClient} rooms already`,
    "pt-BR": `Você já está em ${LIMITS.roomsPerClient} salas`,
  },
};

/** The text of a failed request's reason, if that is a reason of the chat, else of its code. */
export function describeChatFailure({ code, reason }: RequestError, language: Language): string {
  if (reason !== null && isChatReason(reason)) return CHAT_FAIL_TEXTS[reason][language];
  return describeFailure(code, language);
}

/** The reason of a text of the table in any language, or `null`. FERR carries no codes. */
export function chatReasonOfText(text: string): ChatErrorReason | null {
  for (const [reason, texts] of Object.entries(CHAT_FAIL_TEXTS)) {
    if (Object.values(texts).includes(text)) return reason as ChatErrorReason;
  }
  return null;
}

function isChatReason(reason: RequestErrorReason): reason is ChatErrorReason {
  return Object.hasOwn(CHAT_FAIL_TEXTS, reason);
}
