import { DiskError, type DiskErrorCode } from "../files/disk_error.ts";
import {
  codeOfText,
  ConnectionError,
  describeFailure,
  type Language,
  ProtocolError,
  RequestError,
} from "../protocol/errors.ts";
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

const CONNECTION_TEXTS: Readonly<Record<ConnectionError["code"], Text>> = {
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
  refused: {
    en: "Is the server running, and on that port? Start one with: tcp-chat-server",
    "pt-BR": "O servidor está rodando, e nessa porta? Inicie um com: tcp-chat-server",
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
    return { code, message: requestText(error, language), hint: hint(code), exitCode };
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

/** The table's text; a server's own words are told as such. */
function requestText(error: RequestError, language: Language): string {
  const text = describeFailure(error.code, language);
  if (!error.isFromPeer || codeOfText(error.message) !== null) return text;
  return fill(SERVER_SAYS, language, { text: cleanLine(error.message) });
}

function connectionReason(error: ConnectionError, language: Language): string {
  const code = codeOfText(error.message);
  if (error.code === "rejected" && code !== null) return describeFailure(code, language);
  const cause = error.cause instanceof Error ? error.cause.message : "";
  return cleanLine(error.code === "unreachable" && cause !== "" ? cause : error.message);
}
