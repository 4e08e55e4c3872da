import { DiskError, type DiskErrorCode } from "../files/disk_error.ts";
import {
  codeOfText,
  ConnectionError,
  describeFailure,
  type FailReason,
  type Language,
  ProtocolError,
  RequestError,
} from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { cleanLine } from "../protocol/text.ts";
import { fill, type Text } from "./language.ts";
import { UsageError } from "./options.ts";

/** Exit codes of the client. */
export const EXIT = {
  done: 0,
  other: 1,
  usage: 2,
  connection: 3,
  notFound: 4,
  integrity: 5,
  denied: 6,
  disk: 7,
  interrupted: 130,
} as const;

/** An error as people and scripts are told it. */
export interface Failure {
  /** For scripts. */
  readonly code: string;
  /** For people, on one line. */
  readonly message: string;
  /** What to do about it, or `null`. */
  readonly hint: string | null;
  readonly exitCode: number;
}

const REQUEST_EXIT: Readonly<Record<string, number>> = {
  "not-found": EXIT.notFound,
  "bad-path": EXIT.notFound,
  "not-a-file": EXIT.notFound,
  "integrity": EXIT.integrity,
  "denied": EXIT.denied,
  "server-full": EXIT.connection,
  "shutting-down": EXIT.connection,
  "too-large": EXIT.usage,
  "bad-request": EXIT.usage,
};

const DISK_TEXTS: Readonly<Record<DiskErrorCode, Text>> = {
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

const REASON_TEXTS: Readonly<Record<FailReason, Text>> = {
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

const CONNECTION_TEXTS: Readonly<Record<ConnectionError["code"], Text>> = {
  "in-use": {
    en: "Cannot listen: the port is in use",
    "pt-BR": "Não é possível escutar: a porta já está em uso",
  },
  "unusable": {
    en: "Cannot listen there: {reason}",
    "pt-BR": "Não é possível escutar ali: {reason}",
  },
  refused: {
    en: "Cannot connect: nothing listens there",
    "pt-BR": "Não é possível conectar: nada escuta ali",
  },
  timeout: {
    en: "No answer from the server in time",
    "pt-BR": "Sem resposta do servidor a tempo",
  },
  unreachable: { en: "Cannot connect: {reason}", "pt-BR": "Não é possível conectar: {reason}" },
  lost: {
    en: "Connection lost: the server went away",
    "pt-BR": "Conexão perdida: o servidor saiu",
  },
  rejected: {
    en: "The server closed the connection: {reason}",
    "pt-BR": "O servidor fechou a conexão: {reason}",
  },
};

const HINTS: Readonly<Record<string, Text>> = {
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

const VIOLATION: Text = {
  en: "The server breaks the protocol: {reason}",
  "pt-BR": "O servidor viola o protocolo: {reason}",
};
const SERVER_SAYS: Text = { en: "the server says: {text}", "pt-BR": "o servidor diz: {text}" };
const INTERRUPTED: Text = { en: "Interrupted", "pt-BR": "Interrompido" };

/** Turns any error into what is said of it, and the exit code. The one place that does. */
export function describeError(error: unknown, language: Language): Failure {
  const hint = (key: string) => HINTS[key]?.[language] ?? null;
  if (error instanceof UsageError) {
    return { code: "usage", message: error.message, hint: null, exitCode: EXIT.usage };
  }
  if (error instanceof RequestError) {
    const { code } = error;
    const exitCode = REQUEST_EXIT[code] ?? EXIT.other;
    const message = requestText(error, language);
    return { code, message, hint: error.reason === null ? hint(code) : null, exitCode };
  }
  if (error instanceof DiskError) {
    const reason = cleanLine(error.cause instanceof Error ? error.cause.message : error.message);
    const message = fill(DISK_TEXTS[error.code], language, { path: error.path, reason });
    return { code: error.code, message, hint: null, exitCode: EXIT.disk };
  }
  if (error instanceof ConnectionError) {
    const reason = connectionReason(error, language);
    const message = fill(CONNECTION_TEXTS[error.code], language, { reason });
    return { code: error.code, message, hint: hint(error.code), exitCode: EXIT.connection };
  }
  const reason = cleanLine(error instanceof Error ? error.message : String(error));
  if (error instanceof ProtocolError) {
    const message = fill(VIOLATION, language, { reason });
    return { code: error.code, message, hint: null, exitCode: EXIT.other };
  }
  if (error instanceof DOMException && error.name === "AbortError") {
    const message = INTERRUPTED[language];
    return { code: "interrupted", message, hint: null, exitCode: EXIT.interrupted };
  }
  return { code: "internal", message: reason, hint: null, exitCode: EXIT.other };
}

/** The most exact text of the tables; a server's own words are told as such. */
function requestText(error: RequestError, language: Language): string {
  if (error.reason !== null) return REASON_TEXTS[error.reason][language];
  const text = describeFailure(error.code, language);
  if (!error.isFromPeer || codeOfText(error.message) !== null) return text;
  return fill(SERVER_SAYS, language, { text: cleanLine(error.message) });
}

function connectionReason(error: ConnectionError, language: Language): string {
  const code = codeOfText(error.message);
  if (error.code === "rejected" && code !== null) return describeFailure(code, language);
  const cause = error.cause instanceof Error ? error.cause.message : "";
  const isSystems = error.code === "unreachable" || error.code === "unusable";
  return cleanLine(isSystems && cause !== "" ? cause : error.message);
}
