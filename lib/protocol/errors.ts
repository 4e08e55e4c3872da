/** The languages that every text for people exists in. */
export type Language = "en" | "pt-BR";

/**
 * How a request can fail: section 3.3 of the protocol, and `server-full` and `tls-needed`, which only
 * FERR tells.
 */
export type RequestErrorCode =
  | "bad-request"
  | "bad-path"
  | "unsupported"
  | "unauthenticated"
  | "auth-failed"
  | "denied"
  | "not-found"
  | "not-a-file"
  | "exists"
  | "changed"
  | "too-large"
  | "no-space"
  | "busy"
  | "rate-limited"
  | "integrity"
  | "cancelled"
  | "slow-consumer"
  | "shutting-down"
  | "server-full"
  | "tls-needed"
  | "internal";

/** Each code with its default text. */
export const REQUEST_ERROR_TEXTS: Readonly<
  Record<RequestErrorCode, Readonly<Record<Language, string>>>
> = {
  "bad-request": { en: "The request is malformed", "pt-BR": "O pedido está malformado" },
  "bad-path": { en: "This name is not allowed", "pt-BR": "Este nome não é permitido" },
  "unsupported": { en: "This is not supported here", "pt-BR": "Isto não é suportado aqui" },
  "unauthenticated": { en: "Log in first", "pt-BR": "Faça login primeiro" },
  "auth-failed": {
    en: "The name or the password is wrong",
    "pt-BR": "O nome ou a senha está errado",
  },
  "denied": { en: "Permission denied", "pt-BR": "Permissão negada" },
  "not-found": { en: "File not found", "pt-BR": "Arquivo não encontrado" },
  "not-a-file": { en: "This is not a regular file", "pt-BR": "Isto não é um arquivo comum" },
  "exists": { en: "The file exists already", "pt-BR": "O arquivo já existe" },
  "changed": {
    en: "The file changed while it was being sent",
    "pt-BR": "O arquivo mudou enquanto era enviado",
  },
  "too-large": { en: "Too large", "pt-BR": "Grande demais" },
  "no-space": { en: "No space left on the disk", "pt-BR": "Não há espaço no disco" },
  "busy": { en: "Busy, try again later", "pt-BR": "Ocupado, tente mais tarde" },
  "rate-limited": {
    en: "Too many messages, some were not delivered",
    "pt-BR": "Mensagens demais, algumas não foram entregues",
  },
  "integrity": { en: "The SHA-256 does not match", "pt-BR": "O SHA-256 não confere" },
  "cancelled": { en: "Cancelled", "pt-BR": "Cancelado" },
  "slow-consumer": { en: "The client reads too slowly", "pt-BR": "O cliente lê devagar demais" },
  "shutting-down": {
    en: "The server is shutting down",
    "pt-BR": "O servidor está sendo encerrado",
  },
  "server-full": { en: "server full", "pt-BR": "servidor cheio" },
  "tls-needed": { en: "This server needs TLS", "pt-BR": "Este servidor exige TLS" },
  "internal": { en: "Internal error of the server", "pt-BR": "Erro interno do servidor" },
};

/** Why a request failed, where more is known than its code; FAIL carries it as `reason`. */
export const REQUEST_ERROR_REASONS = [
  "account-exists",
  "account-name",
  "account-reserved",
  "account-unknown",
  "banned",
  "login-delayed",
  "login-unproven",
  "message-characters",
  "message-empty",
  "message-long",
  "nick-malformed",
  "nick-reserved",
  "nick-taken",
  "nick-unknown",
  "password-character",
  "password-empty",
  "password-long",
  "path-character",
  "path-component-long",
  "path-device",
  "path-dots",
  "path-empty",
  "path-ending",
  "path-long",
  "path-outside",
  "path-reserved",
  "path-slash",
  "path-unicode",
  "protocol-1",
  "room-malformed",
  "room-not-in",
  "room-unknown",
  "rooms-full",
  "rooms-joined",
  "sha256-unwanted",
] as const;

/** One of {@link REQUEST_ERROR_REASONS}. */
export type RequestErrorReason = typeof REQUEST_ERROR_REASONS[number];

/** More about a {@link RequestError}. */
export interface RequestErrorOptions extends ErrorOptions {
  /** The message is what the peer said, in its words. */
  readonly isFromPeer?: boolean;
  /** What more is known. */
  readonly reason?: RequestErrorReason;
}

/** Whether a peer's word is a code of the table. */
export function isRequestErrorCode(code: string): code is RequestErrorCode {
  return Object.hasOwn(REQUEST_ERROR_TEXTS, code);
}

/** Whether a peer's word is a reason of the list. */
export function isRequestErrorReason(reason: string): reason is RequestErrorReason {
  return (REQUEST_ERROR_REASONS as readonly string[]).includes(reason);
}

/** The default text of a code, for a peer. */
export function describeFailure(code: RequestErrorCode, language: Language): string {
  return REQUEST_ERROR_TEXTS[code][language];
}

/** The code that a text of the table stands for, or `null`: protocol 1 sends texts only. */
export function codeOfText(text: string): RequestErrorCode | null {
  for (const [code, texts] of Object.entries(REQUEST_ERROR_TEXTS)) {
    if (Object.values(texts).includes(text)) return code as RequestErrorCode;
  }
  return null;
}

/** One request failed; the connection lives on. `detail` stays on this side of it. */
export class RequestError extends Error {
  /** Tells the class apart where `instanceof` cannot. */
  override readonly name = "RequestError";
  /** Whether the message is what the peer said, in its words. */
  readonly isFromPeer: boolean;
  /** What more is known, or `null`. */
  readonly reason: RequestErrorReason | null;

  /** Takes the text of the table, in English, where no `detail` is given. */
  constructor(
    readonly code: RequestErrorCode,
    detail?: string,
    options: RequestErrorOptions = {},
  ) {
    super(detail ?? REQUEST_ERROR_TEXTS[code].en, options);
    this.isFromPeer = options.isFromPeer ?? false;
    this.reason = options.reason ?? null;
  }
}

/** How a peer can break the rules of the wire. */
export type ProtocolErrorCode =
  | "too-large"
  | "truncated"
  | "too-slow"
  | "bad-frame"
  | "bad-json"
  | "bad-sequence";

/** The peer broke the rules of the wire; the connection cannot go on. */
export class ProtocolError extends Error {
  /** Tells the class apart where `instanceof` cannot. */
  override readonly name = "ProtocolError";

  /** The message says what cannot be done and why. */
  constructor(readonly code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** How a connection can fail: to be made (all but the last two), or after that. */
export type ConnectionErrorCode =
  | "in-use"
  | "unusable"
  | "refused"
  | "unreachable"
  | "timeout"
  | "tls-needed"
  | "tls-unexpected"
  | "handshake"
  | "certificate-changed"
  | "certificate-untrusted"
  | "certificate-unusable"
  | "certificate-expired"
  | "certificate-not-yet-valid"
  | "lost"
  | "rejected";

/** More about a {@link ConnectionError}. */
export interface ConnectionErrorOptions extends ErrorOptions {
  /** The address that could not be had, as `host:port`. */
  readonly where?: string;
  /** Why the server `rejected` us, where its words are known ones. */
  readonly requestCode?: RequestErrorCode;
  /** What the text for people names besides, such as fingerprints and dates. */
  readonly details?: Readonly<Record<string, string>>;
}

/** There is no connection: it was refused, could not be made in time, or was lost. */
export class ConnectionError extends Error {
  /** Tells the class apart where `instanceof` cannot. */
  override readonly name = "ConnectionError";
  /** The address that could not be had, as `host:port`, or `null`. */
  readonly where: string | null;
  /** Why the server `rejected` us, where its words are known ones, or `null`. */
  readonly requestCode: RequestErrorCode | null;
  /** What the text for people names besides. */
  readonly details: Readonly<Record<string, string>>;

  /**
   * `in-use` and `unusable` are of listening, the others of connecting and after.
   * `tls-needed` is a server that speaks TLS only, `tls-unexpected` one that does not,
   * `handshake` one with which it did not come off. Of the certificates, `changed` is another key
   * than the one expected, `untrusted` one that nobody vouches for, `unusable` one that cannot be
   * checked. `rejected` is a server that said why it closes; `lost` is any other end that was not
   * asked for.
   */
  constructor(
    readonly code: ConnectionErrorCode,
    message: string,
    options: ConnectionErrorOptions = {},
  ) {
    super(message, options);
    this.where = options.where ?? null;
    this.requestCode = options.requestCode ?? null;
    this.details = options.details ?? {};
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
