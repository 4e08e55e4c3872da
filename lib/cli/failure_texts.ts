import type { DiskErrorCode } from "../files/disk_error.ts";
import type { ConnectionError, FailReason } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Text } from "./language.ts";

/** What is wrong with the local disk. */
export const DISK_TEXTS: Readonly<Record<DiskErrorCode, Text>> = {
  "no-space": {
    en: "Cannot write {path}: the disk is full",
    "pt-BR": "Não é possível gravar {path}: o disco está cheio",
  },
  "denied": {
    en: "Cannot use {path}: permission denied",
    "pt-BR": "Não é possível usar {path}: permissão negada",
  },
  "busy": {
    en: "Cannot write {path}: another download is writing it",
    "pt-BR": "Não é possível gravar {path}: outro download está gravando",
  },
  "exists": {
    en: "Cannot write {path}: something else has that name",
    "pt-BR": "Não é possível gravar {path}: outra coisa tem esse nome",
  },
  "io": {
    en: "Cannot use {path}: {reason}",
    "pt-BR": "Não é possível usar {path}: {reason}",
  },
};

/** Why a request failed, where more is known than its code. */
export const REASON_TEXTS: Readonly<Record<FailReason, Text>> = {
  "message-empty": { en: "The message is empty", "pt-BR": "A mensagem está vazia" },
  "message-long": {
    en: `The message is longer than ${LIMITS.messageBytes} bytes`,
    "pt-BR": `A mensagem tem mais de ${LIMITS.messageBytes} bytes`,
  },
  "path-character": {
    en: 'This name holds a control character or one of \\ : * ? " < > |, which is not allowed',
    "pt-BR": 'Este nome tem um caractere de controle ou um de \\ : * ? " < > |, proibidos',
  },
  "path-component-long": {
    en: `This name is longer than ${LIMITS.nameBytes} bytes`,
    "pt-BR": `Este nome tem mais de ${LIMITS.nameBytes} bytes`,
  },
  "path-device": {
    en: "This is the name of a device on Windows",
    "pt-BR": "Este é o nome de um dispositivo no Windows",
  },
  "path-dots": {
    en: "Paths with . or .. are not allowed",
    "pt-BR": "Caminhos com . ou .. não são permitidos",
  },
  "path-empty": {
    en: "The path must not be empty, absolute, or hold //",
    "pt-BR": "O caminho não pode ser vazio, absoluto nem ter //",
  },
  "path-ending": {
    en: "Names must not end in a dot or a space",
    "pt-BR": "Nomes não podem terminar em ponto ou espaço",
  },
  "path-long": {
    en: `The path is longer than ${LIMITS.pathBytes} bytes`,
    "pt-BR": `O caminho tem mais de ${LIMITS.pathBytes} bytes`,
  },
  "path-outside": {
    en: "This path leads out of the served folder",
    "pt-BR": "Este caminho leva para fora da pasta servida",
  },
  "path-reserved": { en: "This name is reserved", "pt-BR": "Este nome é reservado" },
  "path-slash": { en: "This name holds a /", "pt-BR": "Este nome tem uma /" },
  "path-unicode": {
    en: "This name is not valid Unicode",
    "pt-BR": "Este nome não é Unicode válido",
  },
  "sha256-unwanted": {
    en: "The server's file has another SHA-256 than the one that was asked for",
    "pt-BR": "O arquivo do servidor tem outro SHA-256, não o que foi pedido",
  },
};

/** What is wrong with the connection. */
export const CONNECTION_TEXTS: Readonly<Record<ConnectionError["code"], Text>> = {
  "in-use": {
    en: "Cannot listen on {where}: the port is in use",
    "pt-BR": "Não é possível escutar em {where}: a porta já está em uso",
  },
  "unusable": {
    en: "Cannot listen on {where}: {reason}",
    "pt-BR": "Não é possível escutar em {where}: {reason}",
  },
  refused: {
    en: "Cannot connect to {where}: nothing listens there",
    "pt-BR": "Não é possível conectar a {where}: nada escuta ali",
  },
  timeout: {
    en: "No answer from the server in time",
    "pt-BR": "Sem resposta do servidor a tempo",
  },
  unreachable: {
    en: "Cannot connect to {where}: {reason}",
    "pt-BR": "Não é possível conectar a {where}: {reason}",
  },
  lost: {
    en: "Connection lost: the server went away",
    "pt-BR": "Conexão perdida: o servidor saiu",
  },
  rejected: {
    en: "The server closed the connection: {reason}",
    "pt-BR": "O servidor fechou a conexão: {reason}",
  },
};

/** What to do about an error, by its code. */
export const HINTS: Readonly<Record<string, Text>> = {
  "in-use": {
    en: "Choose another port with -p, or any free one with -p 0.",
    "pt-BR": "Escolha outra porta com -p, ou qualquer uma livre com -p 0.",
  },
  refused: {
    en:
      "Is the server running, and on that port? tcp-chat-server starts one (deno run -A server.ts).",
    "pt-BR":
      "O servidor está rodando, e nessa porta? tcp-chat-server inicia um (deno run -A server.ts).",
  },
  integrity: {
    en: "What was received is not the file; nothing was kept. Try again.",
    "pt-BR": "O que chegou não é o arquivo; nada foi guardado. Tente de novo.",
  },
};

/** The server broke the rules of the wire. */
export const VIOLATION: Text = {
  en: "The server breaks the protocol: {reason}",
  "pt-BR": "O servidor viola o protocolo: {reason}",
};
/** Words of the server that are none of the tables'. */
export const SERVER_SAYS: Text = {
  en: "the server says: {text}",
  "pt-BR": "o servidor diz: {text}",
};
/** Ctrl-C. */
export const INTERRUPTED: Text = { en: "Interrupted", "pt-BR": "Interrompido" };
