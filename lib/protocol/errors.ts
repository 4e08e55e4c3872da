import { REQUEST_ERROR_REASONS } from "./error_reasons.ts";

/** The languages of the texts for people. */
export type Language = "en" | "pt-BR";

/**
 * The code of a failed request: section 3.3 of the protocol. `server-full` and `tls-needed` are
 * codes of FERR only, and `slow-consumer` is never sent.
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

/** The default text of each code. FERR carries it, and peers compare it: a text never changes. */
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

/** Makes a code more precise; FAIL carries one as `reason`. */
export type RequestErrorReason = typeof REQUEST_ERROR_REASONS[number];

/** Options of a {@link RequestError}. */
export interface RequestErrorOptions extends ErrorOptions {
  /** Whether the peer has reported the failure. Default `false`. */
  readonly isFromPeer?: boolean;
  /** Whether the message says more than the code, in the peer's own words. Default `false`. */
  readonly isQuote?: boolean;
  /** Whether the cause is in the log of the server already. Default `false`. */
  readonly isLogged?: boolean;
  /** Makes the code more precise. Default: none. */
  readonly reason?: RequestErrorReason;
  /** The limit that the request exceeds, in bytes. Default: not known. */
  readonly limitBytes?: number;
  /** When the same request may be sent again, in milliseconds from now. Default: not known. */
  readonly retryAfterMs?: number;
}

/** Whether a word from a peer is a code of the table. */
export function isRequestErrorCode(code: string): code is RequestErrorCode {
  return Object.hasOwn(REQUEST_ERROR_TEXTS, code);
}

/** Whether a word from a peer is a reason of the list. */
export function isRequestErrorReason(reason: string): reason is RequestErrorReason {
  return (REQUEST_ERROR_REASONS as readonly string[]).includes(reason);
}

/** The default text of a code. */
export function describeFailure(code: RequestErrorCode, language: Language): string {
  return REQUEST_ERROR_TEXTS[code][language];
}

/** The code of a default text in any language, or `null`. Protocol 1 sends texts only. */
export function codeOfText(text: string): RequestErrorCode | null {
  for (const [code, texts] of Object.entries(REQUEST_ERROR_TEXTS)) {
    if (Object.values(texts).includes(text)) return code as RequestErrorCode;
  }
  return null;
}

/** A request has failed; the connection stays open. The server keeps `detail` to itself. */
export class RequestError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "RequestError";
  /** Whether the peer has reported the failure. */
  readonly isFromPeer: boolean;
  /** Whether the message says more than the code, in the peer's own words. */
  readonly isQuote: boolean;
  /** Whether the cause is in the log of the server already. */
  readonly isLogged: boolean;
  /** Makes the code more precise; `null` if nothing more is known. */
  readonly reason: RequestErrorReason | null;
  /** The limit that the request exceeds, in bytes; `null` if that is not known. */
  readonly limitBytes: number | null;
  /** When the same request may be sent again, in milliseconds from now; `null` if that is not known. */
  readonly retryAfterMs: number | null;

  /** Without `detail`, the message is the English text of the code. */
  constructor(
    readonly code: RequestErrorCode,
    detail?: string,
    options: RequestErrorOptions = {},
  ) {
    super(detail ?? REQUEST_ERROR_TEXTS[code].en, options);
    this.isFromPeer = options.isFromPeer ?? false;
    this.isQuote = options.isQuote ?? false;
    this.isLogged = options.isLogged ?? false;
    this.reason = options.reason ?? null;
    this.limitBytes = options.limitBytes ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** How a peer violates the protocol. */
export type ProtocolErrorCode =
  | "too-large"
  | "truncated"
  | "too-slow"
  | "bad-frame"
  | "bad-json"
  | "bad-sequence";

/** The peer has violated the protocol; the connection cannot go on. */
export class ProtocolError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "ProtocolError";

  /** The message has the form `Cannot <do something>: <why>`. */
  constructor(readonly code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * Why there is no connection.
 *
 * - `in-use` and `unusable`: the address cannot be listened on.
 * - `refused`, `unreachable` and `timeout`: the server cannot be reached; `details.answers` is
 *   `nothing` where it takes connections, and has never sent anything.
 * - `tls-needed`: the server speaks TLS only; `tls-unexpected`: it speaks no TLS; `handshake`: the
 *   TLS handshake has failed.
 * - `other-service`: another service answers there; `details.service` names it.
 * - `certificate-changed`: the key is not the known key of the server; `certificate-untrusted`:
 *   neither the system nor the user trusts it; `certificate-unusable`: the certificate cannot be
 *   checked; `certificate-expired` and `certificate-not-yet-valid`: today is outside its dates.
 * - `late-hello`: the server was taken for one of protocol 1, but speaks protocol 2; nothing that was
 *   sent to it in protocol 1 has had an effect.
 * - `rejected`: the server has closed the connection and said why; `lost`: it has ended unasked in
 *   any other way.
 */
export type ConnectionErrorCode =
  | "in-use"
  | "unusable"
  | "refused"
  | "unreachable"
  | "timeout"
  | "tls-needed"
  | "tls-unexpected"
  | "handshake"
  | "other-service"
  | "certificate-changed"
  | "certificate-untrusted"
  | "certificate-unusable"
  | "certificate-expired"
  | "certificate-not-yet-valid"
  | "late-hello"
  | "lost"
  | "rejected";

/** Options of a {@link ConnectionError}. */
export interface ConnectionErrorOptions extends ErrorOptions {
  /** The address, as `host:port`. */
  readonly address?: string;
  /** Why the server has `rejected` the client, as far as it is known. */
  readonly requestCode?: RequestErrorCode;
  /** Makes `requestCode` more precise. */
  readonly requestReason?: RequestErrorReason;
  /** Whether the message says more than these two, in the server's own words. Default `false`. */
  readonly isQuote?: boolean;
  /** Further parameters of the text for people, such as fingerprints and dates. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Whether an error says that a server of a cluster does not know whether it has done what it was asked for. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof RequestError && error.reason === "outcome-unknown";
}

/** A connection cannot be made, or has ended unasked. */
export class ConnectionError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "ConnectionError";
  /** The address, as `host:port`, or `null`. */
  readonly address: string | null;
  /** Why the server has `rejected` the client; `null` if that is not known. */
  readonly requestCode: RequestErrorCode | null;
  /** Makes `requestCode` more precise; `null` if nothing more is known. */
  readonly requestReason: RequestErrorReason | null;
  /** Whether the message says more than these two, in the server's own words. */
  readonly isQuote: boolean;
  /** Further parameters of the text for people. */
  readonly details: Readonly<Record<string, string>>;

  /** The message is for logs; texts for people are made from the code and the details. */
  constructor(
    readonly code: ConnectionErrorCode,
    message: string,
    options: ConnectionErrorOptions = {},
  ) {
    super(message, options);
    this.address = options.address ?? null;
    this.requestCode = options.requestCode ?? null;
    this.requestReason = options.requestReason ?? null;
    this.isQuote = options.isQuote ?? false;
    this.details = options.details ?? {};
  }
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
