import {
  describeFailure,
  type Language,
  type RequestError,
  type RequestErrorReason,
} from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** Why a chat request failed, where more is known than its code. */
export type ChatErrorReason = Extract<
  RequestErrorReason,
  "banned" | `message-${string}` | `nick-${string}` | `room-${string}` | `rooms-${string}`
>;

/** Each of those reasons with its text, for the peer who asked. */
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

/** What a peer is told when its chat request failed: the reason where there is one. */
export function describeChatFailure({ code, reason }: RequestError, language: Language): string {
  if (reason !== null && isChatReason(reason)) return CHAT_FAIL_TEXTS[reason][language];
  return describeFailure(code, language);
}

/** The reason that a text of the table stands for, or `null`: FAIL and FERR carry texts only. */
export function chatReasonOfText(text: string): ChatErrorReason | null {
  for (const [reason, texts] of Object.entries(CHAT_FAIL_TEXTS)) {
    if (Object.values(texts).includes(text)) return reason as ChatErrorReason;
  }
  return null;
}

function isChatReason(reason: RequestErrorReason): reason is ChatErrorReason {
  return Object.hasOwn(CHAT_FAIL_TEXTS, reason);
}
