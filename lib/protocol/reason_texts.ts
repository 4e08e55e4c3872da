import {
  codeOfText,
  type Language,
  REQUEST_ERROR_TEXTS,
  type RequestError,
  type RequestErrorCode,
  type RequestErrorReason,
} from "./errors.ts";
import type { Text } from "./fill_text.ts";
import { LIMITS } from "./limits.ts";
import { PATH_REASON_TEXTS } from "./path_reason_texts.ts";

/** The reasons that have a text for peers. */
type ReasonWithText = Extract<
  RequestErrorReason,
  | "banned"
  | "cluster-halted"
  | "cluster-stalled"
  | "no-copy"
  | `account-${string}`
  | "address-full"
  | `link-${string}`
  | "links-full"
  | `login-${string}`
  | `message-${string}`
  | `nick-${string}`
  | `password-${string}`
  | `room-${string}`
  | `rooms-${string}`
  | "mailbox-full"
  | "outcome-unknown"
  | "root-gone"
  | `share-${string}`
  | "undelivered"
  | "status-long"
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
  "cluster-halted": {
    en: "This server is out of step with the others and stores nothing: connect to another one",
    "pt-BR": "Este servidor não está em dia com os outros e não guarda nada: conecte-se a outro",
  },
  "cluster-stalled": {
    en: "The cluster is out of reach, try again later",
    "pt-BR": "O cluster não responde, tente mais tarde",
  },
  "no-copy": {
    en: "No server that has this file is there at the moment",
    "pt-BR": "Nenhum servidor que tem este arquivo está disponível no momento",
  },
  "address-full": {
    en: "This address has too many connections",
    "pt-BR": "Este endereço tem conexões demais",
  },
  "link-exists": {
    en: "A file of this name is there already, and a link replaces none: give it another name",
    "pt-BR": "Já existe um arquivo com este nome, e um link não substitui nenhum: dê outro nome",
  },
  "link-expired": {
    en: "This link has expired: ask for a new one",
    "pt-BR": "Este link expirou: peça um novo",
  },
  "link-folder": {
    en: "Only a folder can take the files of others, and this is none",
    "pt-BR": "Só uma pasta pode receber os arquivos de outros, e isto não é uma pasta",
  },
  "link-full": {
    en: "This link takes no more bytes in all",
    "pt-BR": "Este link não aceita mais bytes ao todo",
  },
  "link-narrow": {
    en: "This link does not allow that",
    "pt-BR": "Este link não permite isso",
  },
  "link-revoked": {
    en: "This link was taken back: ask for a new one",
    "pt-BR": "Este link foi cancelado: peça um novo",
  },
  "link-stopped": {
    en: "This link does not work any more: its creator may not share this now",
    "pt-BR": "Este link não funciona mais: quem o criou não pode mais compartilhar isto",
  },
  "link-unknown": {
    en: "There is no such link: it is mistyped, or ended long ago",
    "pt-BR": "Não existe esse link: foi digitado errado ou acabou há muito",
  },
  "link-used": {
    en: "This link is used up: it was given out as often as its creator allowed",
    "pt-BR": "Este link está esgotado: já foi usado tantas vezes quanto seu criador permitiu",
  },
  "links-full": {
    en: "There are too many links: take one back first",
    "pt-BR": "Há links demais: cancele algum antes",
  },
  "login-delayed": {
    en: "Too many failed logins, try again later",
    "pt-BR": "Muitas tentativas de login falharam, tente mais tarde",
  },
  "login-relayed": {
    en: "The accepted key is not the server's: another machine is in between",
    "pt-BR": "A chave aceita não é a do servidor: há outra máquina no meio",
  },
  "login-unproven": {
    en: "The server does not prove that it knows this account: it may not be the one it claims",
    "pt-BR": "O servidor não prova que conhece esta conta: talvez não seja quem diz ser",
  },
  "password-character": {
    en: "The password has characters that passwords cannot have, such as emoji or control codes",
    "pt-BR": "A senha tem caracteres que senhas não podem ter, como emojis ou códigos de controle",
  },
  "mailbox-full": {
    en: "Too many private messages wait for this client already",
    "pt-BR": "Já há mensagens privadas demais à espera deste cliente",
  },
  "outcome-unknown": {
    en:
      "This server is out of step with the others: it may have stored this or not. Look on another server before sending it again",
    "pt-BR":
      "Este servidor não está em dia com os outros: pode ter guardado isto ou não. Veja em outro servidor antes de enviar de novo",
  },
  "undelivered": {
    en: "The client has left, and may not have got the message",
    "pt-BR": "O cliente saiu, e talvez não tenha recebido a mensagem",
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
    en: `The name of a room has 1 to ${LIMITS.roomCharacters} of a-z, 0-9, _ and -, such as team-1`,
    "pt-BR":
      `O nome de uma sala tem de 1 a ${LIMITS.roomCharacters} de a-z, 0-9, _ e -, como turma-1`,
  },
  "room-not-in": { en: "You are not in this room", "pt-BR": "Você não está nesta sala" },
  "room-unknown": { en: "Nobody is in this room", "pt-BR": "Ninguém está nesta sala" },
  "rooms-full": {
    en: "There are too many rooms, try again later",
    "pt-BR": "Há salas demais, tente mais tarde",
  },
  "share-denied": {
    en: "No links can be made to this without the right share",
    "pt-BR": "Não se criam links para isto sem o direito share",
  },
  "share-guest": {
    en: "Links are made by accounts: log in first, with --user NAME",
    "pt-BR": "Links são criados por contas: faça login primeiro, com --user NOME",
  },
  "status-long": {
    en: `The text is longer than ${LIMITS.statusBytes} bytes`,
    "pt-BR": `O texto tem mais de ${LIMITS.statusBytes} bytes`,
  },
  "rooms-joined": {
    en: `You are in ${LIMITS.roomsPerClient} rooms already`,
    "pt-BR": `Você já está em ${LIMITS.roomsPerClient} salas`,
  },
};

/** Reasons of a failed request, which say more than its code. */
export const REASON_TEXTS: Readonly<
  Record<RequestErrorReason, Readonly<Record<Language, string>>>
> = {
  ...PEER_REASON_TEXTS,
  ...PATH_REASON_TEXTS,
  "excluded": {
    en: "All that was named is excluded",
    "pt-BR": "Tudo o que foi indicado está excluído",
  },
  "links-none": {
    en: "This server has no links: it is older than they are, or serves no files",
    "pt-BR": "Este servidor não tem links: é mais antigo que eles ou não serve arquivos",
  },
  "outbox-full": {
    en: "Too many messages wait to be sent: this one is not kept",
    "pt-BR": "Mensagens demais esperam para ser enviadas: esta não é guardada",
  },
  "protocol-1": {
    en: "This connection speaks protocol 1, which cannot do this",
    "pt-BR": "Esta conexão fala o protocolo 1, que não permite isto",
  },
  "rules-below": {
    en:
      "A rule takes rights away inside of this folder, here or at the new place: move its files one by one",
    "pt-BR":
      "Uma regra tira direitos dentro desta pasta, aqui ou no novo lugar: mova os arquivos um a um",
  },
  "upload-large": {
    en: "The file is larger than the server accepts",
    "pt-BR": "O arquivo é maior do que o servidor aceita",
  },
  "uploads-off": {
    en: "This server takes no uploads and no changes (it runs without -u)",
    "pt-BR": "Este servidor não aceita envios nem alterações (roda sem -u)",
  },
  "same-command": {
    en: "The same command has put another file there",
    "pt-BR": "O mesmo comando já pôs outro arquivo ali",
  },
  "sha256-unwanted": {
    en: "The server's file has a different SHA-256 than requested",
    "pt-BR": "O arquivo do servidor tem um SHA-256 diferente do pedido",
  },
};

/** The most precise text for a peer: of the reason, else of the code. */
export function describeForPeer(error: RequestError, language: Language): string {
  return textForPeer(error)[language];
}

/** The same in every language. */
export function textForPeer(
  { code, reason }: { readonly code: RequestErrorCode; readonly reason: RequestErrorReason | null },
): Text {
  return reason !== null && hasText(reason) ? PEER_REASON_TEXTS[reason] : REQUEST_ERROR_TEXTS[code];
}

/** The reasons that FERR carries. */
const FERR_REASONS = ["banned", "address-full"] as const;

/** The code and the reason of a text of FERR in any language; `null` for the peer's own words. */
export function failureOfText(
  text: string,
): { readonly code: RequestErrorCode; readonly reason: RequestErrorReason | null } | null {
  for (const reason of FERR_REASONS) {
    if (Object.values(PEER_REASON_TEXTS[reason]).includes(text)) {
      return { code: reason === "banned" ? "denied" : "server-full", reason };
    }
  }
  const code = codeOfText(text);
  return code === null ? null : { code, reason: null };
}

function hasText(reason: RequestErrorReason): reason is ReasonWithText {
  return Object.hasOwn(PEER_REASON_TEXTS, reason);
}
