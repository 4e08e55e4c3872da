/** The languages that every text for people exists in. */
export type Language = "en" | "pt-BR";

/** Section 6 of the protocol: each code of a failed request with its default text. */
export const FAIL_TEXTS = {
  "bad-request": { en: "The request is malformed", "pt-BR": "O pedido está malformado" },
  "bad-path": { en: "This name is not allowed", "pt-BR": "Este nome não é permitido" },
  "unsupported": { en: "This is not supported here", "pt-BR": "Isto não é suportado aqui" },
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
  "server-full": { en: "The server is full", "pt-BR": "O servidor está cheio" },
  "internal": { en: "Internal error of the server", "pt-BR": "Erro interno do servidor" },
} as const satisfies Record<string, Record<Language, string>>;

/** A code out of the table above. */
export type FailCode = keyof typeof FAIL_TEXTS;

/** The default text of a code, for a peer. */
export function describeFailure(code: FailCode, language: Language): string {
  return FAIL_TEXTS[code][language];
}

/** The code that a text of the table stands for, or `null`: protocol 1 sends texts only. */
export function codeOfText(text: string): FailCode | null {
  for (const [code, texts] of Object.entries(FAIL_TEXTS)) {
    if (Object.values<string>(texts).includes(text)) return code as FailCode;
  }
  return null;
}

/** One request failed; the connection lives on. `detail` stays on this side of it. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** Whether the message is what the peer said, in its words. */
  readonly isFromPeer: boolean;

  constructor(
    readonly code: FailCode,
    detail?: string,
    options: ErrorOptions & { isFromPeer?: boolean } = {},
  ) {
    super(detail ?? FAIL_TEXTS[code].en, options);
    this.isFromPeer = options.isFromPeer ?? false;
  }
}

/** How a peer can break the rules of the wire. */
export type ViolationCode = "too-large" | "truncated" | "too-slow" | "bad-frame" | "bad-sequence";

/** The peer broke the rules of the wire; the connection cannot go on. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";

  constructor(readonly code: ViolationCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** There is no connection: it was refused, could not be made in time, or was lost. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";

  constructor(
    readonly code: "refused" | "timeout" | "lost" | "unreachable" | "rejected",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
