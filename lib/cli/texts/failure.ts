import { basename } from "../../files/path.ts";
import { ClusterError, type ClusterErrorCode } from "../../protocol/cluster_error.ts";
import { CertificateError } from "../../files/certificate_error.ts";
import {
  asDiskError,
  DiskError,
  systemCode,
  withoutSystemDetails,
} from "../../files/disk_error.ts";
import {
  ConnectionError,
  type ConnectionErrorCode,
  describeFailure,
  type Language,
  messageOf,
  ProtocolError,
  RequestError,
} from "../../protocol/errors.ts";
import { REASON_TEXTS } from "../../protocol/reason_texts.ts";
import { cleanLine, display, type DisplayText } from "../../protocol/text.ts";
import type { ForeignService } from "../../stream/foreign_service.ts";
import { describeClusterError } from "./cluster_texts.ts";
import { CONNECTION_TEXTS, SERVICE_TEXTS, SILENT, SYSTEM_REASONS } from "./connection_texts.ts";
import {
  CERTIFICATE_TEXTS,
  DISK_TEXTS,
  HINTS,
  type Hints,
  INTERRUPTED,
  LINK_LIMIT,
  SERVER_SAYS,
  SHORT_OF_SPACE,
  UPLOAD_LIMIT,
  VIOLATION,
} from "./failure_texts.ts";
import { formatSize } from "./format_size.ts";
import { fill, type Text } from "../../protocol/fill_text.ts";
import { describeRightsError } from "./rights_texts.ts";
import { describeSumListError } from "./sum_list_texts.ts";
import { UsageError } from "./usage_error.ts";
import { typedPrograms } from "./typed_programs.ts";

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
  incomplete: 8,
  interrupted: 130,
} as const;

/** An error, described for people and for scripts. */
export interface Failure {
  /** For scripts. */
  readonly code: string;
  /** For people, on one line. */
  readonly message: DisplayText;
  /** Advice, or `null`. */
  readonly hint: string | null;
  readonly exitCode: number;
  /** The path of this machine that the message names, if any. */
  readonly namedPath?: string;
  /** The service that answers in place of a server, for scripts. */
  readonly service?: string;
}

/** A failure as lines for standard error: the message, then the hint. */
export function formatFailure({ message, hint }: Failure): string {
  return hint === null ? `${message}\n` : `${message}\n${hint}\n`;
}

/**
 * The failure of what a path was asked for: its message begins with that path, unless it names a file
 * of that name already.
 */
export function failureOf(path: string, failure: Failure): Failure {
  const { message, namedPath } = failure;
  if (namedPath !== undefined && basename(namedPath) === basename(path)) return failure;
  return { ...failure, message: display`${cleanLine(path)}: ${message}`, namedPath: path };
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

/** Reasons that say more than their code: a name that is not allowed, a mistake in the message. */
const REASON_EXIT: Readonly<Record<string, number>> = {
  "message-characters": EXIT.usage,
  "message-empty": EXIT.usage,
  "message-long": EXIT.usage,
  "nick-malformed": EXIT.notFound,
  "nick-reserved": EXIT.notFound,
  "nick-taken": EXIT.notFound,
  "room-malformed": EXIT.notFound,
  "status-long": EXIT.usage,
};

const DISK_EXIT: Readonly<Record<string, number>> = { "not-found": EXIT.notFound };

const CONNECTION_EXIT: Partial<Readonly<Record<ConnectionErrorCode, number>>> = {
  "certificate-changed": EXIT.denied,
  "certificate-untrusted": EXIT.denied,
  "certificate-unusable": EXIT.denied,
  "certificate-expired": EXIT.denied,
  "certificate-not-yet-valid": EXIT.denied,
};

/** The first ones are for NATS; the others are a mistyped start. */
const CLUSTER_EXIT: Partial<Readonly<Record<ClusterErrorCode, number>>> = {
  "unreachable": EXIT.connection,
  "no-log": EXIT.connection,
  "other-cluster": EXIT.usage,
  "copied-folder": EXIT.usage,
  "own-history": EXIT.usage,
  "in-cluster": EXIT.usage,
  "seed": EXIT.usage,
};

/** Errors whose reason is the one of the system, in their cause. */
const HAS_SYSTEM_REASON: ReadonlySet<ConnectionErrorCode> = new Set([
  "unreachable",
  "unusable",
  "handshake",
  "certificate-unusable",
]);

/** A failure whose message may quote a name as it is. */
type RawFailure = Omit<Failure, "message"> & { readonly message: string };

/** Describes one kind of error; `null` for other errors. */
type Describe = (error: unknown, language: Language, hints: Hints) => RawFailure | null;

/** Every kind of error that has texts. */
const KINDS: readonly Describe[] = [
  kind(UsageError, (error) => usageFailure(error.message)),
  (error, language) => {
    const message = describeRightsError(error, language);
    return message === null ? null : usageFailure(message);
  },
  (error, language) => {
    const message = describeSumListError(error, language);
    return message === null ? null : usageFailure(message);
  },
  kind(RequestError, describeRequestError),
  kind(DiskError, describeDiskError),
  kind(CertificateError, describeCertificateError),
  kind(ConnectionError, describeConnectionError),
  kind(ClusterError, (error, language) => ({
    code: error.code,
    message: cleanLine(describeClusterError(error, language)),
    hint: null,
    exitCode: CLUSTER_EXIT[error.code] ?? EXIT.other,
  })),
  kind(ProtocolError, describeProtocolError),
  kind(DOMException, describeInterruption),
  describeSystemError,
];

/**
 * Describes any error. The code of an unknown kind is `internal`.
 *
 * @param hints the advice about errors, by code or reason; `null` for none
 */
export function describeError(error: unknown, language: Language, hints: Hints = HINTS): Failure {
  for (const describe of KINDS) {
    const failure = describe(error, language, hints);
    if (failure !== null) return { ...failure, message: cleanLine(failure.message) };
  }
  const message = cleanLine(messageOf(error));
  return { code: "internal", message, hint: null, exitCode: EXIT.other };
}

function kind<E extends Error>(
  type: abstract new (...args: never[]) => E,
  describe: (error: E, language: Language, hints: Hints) => RawFailure | null,
): Describe {
  return (error, language, hints) =>
    error instanceof type ? describe(error, language, hints) : null;
}

function usageFailure(message: string): RawFailure {
  return { code: "usage", message, hint: null, exitCode: EXIT.usage };
}

function describeRequestError(error: RequestError, language: Language, hints: Hints): RawFailure {
  const { code, reason } = error;
  const message = requestText(error, language);
  const hint = hintFor(hints[reason ?? code], language);
  return { code, message, hint, exitCode: requestExitCode(error) };
}

function describeDiskError(error: DiskError, language: Language): RawFailure {
  const { code, path, space } = error;
  const text = space === null
    ? fill(DISK_TEXTS[code], language, { path, reason: diskReason(error) })
    : fill(SHORT_OF_SPACE, language, {
      path,
      needed: formatSize(space.needed, language),
      free: formatSize(space.free, language),
    });
  const message = cleanLine(text);
  return { code, message, hint: null, exitCode: DISK_EXIT[code] ?? EXIT.disk, namedPath: path };
}

function describeCertificateError(error: CertificateError, language: Language): RawFailure {
  const { code, path, details } = error;
  const message = cleanLine(fill(CERTIFICATE_TEXTS[code], language, { ...details, path }));
  return { code, message, hint: hintFor(HINTS[code], language), exitCode: EXIT.usage };
}

function describeConnectionError(error: ConnectionError, language: Language): RawFailure {
  const { code, details, requestCode } = error;
  const reason = connectionReason(error, language);
  const service = SERVICE_TEXTS[details.service as ForeignService]?.[language] ?? "";
  const parameters = { ...details, service, reason, address: error.address ?? "?" };
  const isSilent = details.answers === "nothing";
  const text = isSilent ? SILENT : CONNECTION_TEXTS[code];
  const message = cleanLine(fill(text, language, parameters));
  const exitCode = CONNECTION_EXIT[code] ?? REQUEST_EXIT[requestCode ?? ""] ?? EXIT.connection;
  const hint = hintFor(HINTS[isSilent ? "silent" : details.hint ?? code], language);
  const failure = { code, message, hint, exitCode };
  return details.service === undefined ? failure : { ...failure, service: details.service };
}

function describeProtocolError(error: ProtocolError, language: Language): RawFailure {
  const message = fill(VIOLATION, language, { reason: cleanLine(error.message) });
  return { code: error.code, message, hint: null, exitCode: EXIT.other };
}

function describeInterruption({ name }: DOMException, language: Language): RawFailure | null {
  if (name !== "AbortError") return null;
  const message = INTERRUPTED[language];
  return { code: "interrupted", message, hint: null, exitCode: EXIT.interrupted };
}

function hintFor(text: Text | null | undefined, language: Language): string | null {
  return text === undefined || text === null ? null : fill(text, language, { ...typedPrograms() });
}

/** A request that the server calls malformed is not a mistake on the command line. */
function requestExitCode({ code, reason, isFromPeer }: RequestError): number {
  const ofReason = REASON_EXIT[reason ?? ""];
  if (ofReason !== undefined) return ofReason;
  const exitCode = REQUEST_EXIT[code] ?? EXIT.other;
  return isFromPeer && exitCode === EXIT.usage ? EXIT.other : exitCode;
}

/** The most precise text of the tables. The server's own words are quoted as such. */
function requestText(error: RequestError, language: Language): string {
  if (error.limitBytes !== null) {
    const text = error.reason === "link-full" ? LINK_LIMIT : UPLOAD_LIMIT;
    return fill(text, language, { limit: formatSize(error.limitBytes, language) });
  }
  if (error.reason !== null) return REASON_TEXTS[error.reason][language];
  if (!error.isQuote) return describeFailure(error.code, language);
  return fill(SERVER_SAYS, language, { text: cleanLine(error.message) });
}

function connectionReason(error: ConnectionError, language: Language): string {
  const { code, message, cause, requestCode, requestReason } = error;
  if (requestReason !== null) return REASON_TEXTS[requestReason][language];
  if (requestCode !== null && !error.isQuote) return describeFailure(requestCode, language);
  const reason = HAS_SYSTEM_REASON.has(code) && cause instanceof Error ? cause.message : "";
  const [, known] = SYSTEM_REASONS.find(([pattern]) => pattern.test(reason)) ?? [];
  if (known !== undefined) return known[language];
  return cleanLine(withoutSystemDetails(reason === "" ? message : reason));
}

/** What the system says, without the path and the action that the text names already. */
function diskReason({ message, path, cause }: DiskError): string {
  const said = cause instanceof Error ? cause.message : message;
  const at = said.startsWith("Cannot ") ? said.indexOf(`${path}: `) : -1;
  return withoutSystemDetails(at < 0 ? said : said.slice(at + path.length + 2));
}

/** A system error that was not expected where it came up; `null` for other errors. */
function describeSystemError(error: unknown, language: Language): RawFailure | null {
  const [, path] = /["'](.+?)["']/.exec(messageOf(error)) ?? [];
  const isSystemError = systemCode(error) !== "" || error instanceof Deno.errors.NotCapable;
  if (!isSystemError || path === undefined) return null;
  return describeDiskError(asDiskError(error, path, "use"), language);
}
