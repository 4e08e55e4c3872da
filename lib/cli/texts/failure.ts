import {
  codeOfText,
  ConnectionError,
  type ConnectionErrorCode,
  describeFailure,
  type Language,
  messageOf,
  ProtocolError,
  RequestError,
} from "../../protocol/errors.ts";
import { CertificateError } from "../../files/certificate_error.ts";
import { DiskError } from "../../files/disk_error.ts";
import { chatReasonOfText } from "../../protocol/chat_failures.ts";
import { cleanLine } from "../../protocol/text.ts";
import { describeRightsError } from "./rights_texts.ts";
import {
  CERTIFICATE_TEXTS,
  CONNECTION_TEXTS,
  DISK_TEXTS,
  HINTS,
  INTERRUPTED,
  REASON_TEXTS,
  SERVER_SAYS,
  VIOLATION,
} from "./failure_texts.ts";
import { fill } from "./language.ts";
import { UsageError } from "./usage_error.ts";

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

/** A failure as lines on standard error: the message, and the hint if there is one. */
export function formatFailure({ message, hint }: Failure): string {
  return hint === null ? `${message}\n` : `${message}\n${hint}\n`;
}

const REQUEST_EXIT: Readonly<Record<string, number>> = {
  "not-found": EXIT.notFound,
  "bad-path": EXIT.notFound,
  "not-a-file": EXIT.notFound,
  "integrity": EXIT.integrity,
  "denied": EXIT.denied,
  "unauthenticated": EXIT.denied,
  "auth-failed": EXIT.denied,
  "server-full": EXIT.connection,
  "shutting-down": EXIT.connection,
  "tls-needed": EXIT.connection,
  "too-large": EXIT.usage,
  "bad-request": EXIT.usage,
};

const CONNECTION_EXIT: Partial<Readonly<Record<ConnectionErrorCode, number>>> = {
  "certificate-changed": EXIT.denied,
  "certificate-untrusted": EXIT.denied,
  "certificate-unusable": EXIT.denied,
  "certificate-expired": EXIT.denied,
  "certificate-not-yet-valid": EXIT.denied,
};

/** Turns any error into what is said of it, and the exit code. The one place that does. */
export function describeError(error: unknown, language: Language): Failure {
  const hint = (key: string) => HINTS[key]?.[language] ?? null;
  if (error instanceof UsageError) {
    return { code: "usage", message: error.message, hint: null, exitCode: EXIT.usage };
  }
  const access = describeRightsError(error, language);
  if (access !== null) {
    return { code: "usage", message: access, hint: null, exitCode: EXIT.usage };
  }
  if (error instanceof RequestError) {
    const { code } = error;
    const exitCode = requestExitCode(error);
    const message = requestText(error, language);
    return { code, message, hint: error.reason === null ? hint(code) : null, exitCode };
  }
  if (error instanceof DiskError) {
    const reason = cleanLine(error.cause instanceof Error ? error.cause.message : error.message);
    const message = fill(DISK_TEXTS[error.code], language, { path: error.path, reason });
    return { code: error.code, message, hint: null, exitCode: EXIT.disk };
  }
  if (error instanceof CertificateError) {
    const parameters = { ...error.details, path: error.path };
    const message = cleanLine(fill(CERTIFICATE_TEXTS[error.code], language, parameters));
    return { code: error.code, message, hint: null, exitCode: EXIT.usage };
  }
  if (error instanceof ConnectionError) {
    const reason = connectionReason(error, language);
    const parameters = { ...error.details, reason, where: error.where ?? "?" };
    const message = cleanLine(fill(CONNECTION_TEXTS[error.code], language, parameters));
    const exitCode = CONNECTION_EXIT[error.code] ?? REQUEST_EXIT[error.requestCode ?? ""] ??
      EXIT.connection;
    return { code: error.code, message, hint: hint(error.code), exitCode };
  }
  const reason = cleanLine(messageOf(error));
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

/** Where the reason is the one of the system, which the cause tells. */
const SYSTEMS_REASON: ReadonlySet<ConnectionErrorCode> = new Set([
  "unreachable",
  "unusable",
  "handshake",
  "certificate-unusable",
]);

/** A request that a server calls malformed is no mistake on the command line. */
function requestExitCode({ code, isFromPeer }: RequestError): number {
  const exitCode = REQUEST_EXIT[code] ?? EXIT.other;
  return isFromPeer && exitCode === EXIT.usage ? EXIT.other : exitCode;
}

/** The most exact text of the tables; a server's own words are told as such. */
function requestText(error: RequestError, language: Language): string {
  if (error.reason !== null) return REASON_TEXTS[error.reason][language];
  const text = describeFailure(error.code, language);
  if (!error.isFromPeer || codeOfText(error.message) !== null) return text;
  return fill(SERVER_SAYS, language, { text: cleanLine(error.message) });
}

function connectionReason(error: ConnectionError, language: Language): string {
  const reason = error.code === "rejected" ? chatReasonOfText(error.message) : null;
  if (reason !== null) return REASON_TEXTS[reason][language];
  const code = codeOfText(error.message);
  if (error.code === "rejected" && code !== null) return describeFailure(code, language);
  const cause = error.cause instanceof Error ? error.cause.message : "";
  return cleanLine(SYSTEMS_REASON.has(error.code) && cause !== "" ? cause : error.message);
}
