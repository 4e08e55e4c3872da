import {
  codeOfText,
  describeFailure,
  type Language,
  type RequestError,
  type RequestErrorCode,
  type RequestErrorReason,
} from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** The reasons that have a text for peers. */
type ReasonWithText = Extract<
  RequestErrorReason,
  | "banned"
  | `account-${string}`
  | `login-${string}`
  | `message-${string}`
  | `nick-${string}`
  | `password-${string}`
  | `room-${string}`
  | `rooms-${string}`
  | "root-gone"
>;

/** The text of each reason, for peers. Peers compare the texts of FERR: they never change. */
export const PEER_REASON_TEXTS: Readonly<
  Record<ReasonWithText, Readonly<Record<Language, string>>>
> = {
  "account-exists": {
    en: "There is an account of this name already",
    "pt-BR": "Já existe uma conta com este nome",
  },
  "account-name": {
    en: `The name of an account has 1 to ${LIMITS.nickCharacters} letters, digits, _, - or .`,
    "pt-BR":
      `O nome de uma conta tem de 1 a ${LIMITS.nickCharacters} letras, algarismos, _, - ou .`,
  },
  "account-reserved": {
    en: "No account can have this name",
    "pt-BR": "Nenhuma conta pode ter este nome",
  },
  "account-unknown": {
    en: "There is no account of this name",
    "pt-BR": "Não existe conta com este nome",
  },
  "login-delayed": {
    en: "Too many failed logins, try again later",
    "pt-BR": "Muitas tentativas de login falharam, tente mais tarde",
  },
  "login-unproven": {
    en: "The server does not prove that it knows this account: it may not be the one it claims",
    "pt-BR": "O servidor não prova que conhece esta conta: talvez não seja quem diz ser",
  },
  "password-character": {
    en: "The password has characters that passwords cannot have, such as emoji or control codes",
    "pt-BR": "A senha tem caracteres que senhas não podem ter, como emojis ou códigos de controle",
  },
  "root-gone": {
    en: "The served folder is not there at the moment",
    "pt-BR": "A pasta servida não está disponível no momento",
  },
  "password-empty": { en: "The password is empty", "pt-BR": "A senha está vazia" },
  "password-long": {
    en: `The password is longer than ${LIMITS.passwordBytes} bytes`,
    "pt-BR": `A senha tem mais de ${LIMITS.passwordBytes} bytes`,
  },
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

/** The most precise text for a peer: of the reason, else of the code. */
export function describeForPeer({ code, reason }: RequestError, language: Language): string {
  return reason !== null && hasText(reason)
    ? PEER_REASON_TEXTS[reason][language]
    : describeFailure(code, language);
}

/** The code and the reason of a text of FERR in any language; `null` for the peer's own words. */
export function failureOfText(
  text: string,
): { readonly code: RequestErrorCode; readonly reason: RequestErrorReason | null } | null {
  if (Object.values(PEER_REASON_TEXTS.banned).includes(text)) {
    return { code: "denied", reason: "banned" };
  }
  const code = codeOfText(text);
  return code === null ? null : { code, reason: null };
}

function hasText(reason: RequestErrorReason): reason is ReasonWithText {
  return Object.hasOwn(PEER_REASON_TEXTS, reason);
}
