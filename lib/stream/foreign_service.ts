import { ConnectionError, describeFailure } from "../protocol/errors.ts";
import { HEADER_BYTES, looksLikeTls, readHeader, typeName } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";

/** A service that is no tcp-chat, by what it says first. */
export type ForeignService = "ssh" | "http" | "mail" | "ftp" | "mail-or-ftp" | "vnc" | "unknown";

/** How services begin: the first pattern that matches counts. */
const GREETINGS: ReadonlyArray<readonly [pattern: RegExp, service: ForeignService]> = [
  [/^SSH-/, "ssh"],
  [/^HTTP\/\d/, "http"],
  [/^\s*<(?:!doctype html|html|\?xml)/i, "http"], // HTTP/0.9 has no status line
  [/^RFB \d/, "vnc"],
  [/^(?:220|421|5\d\d)[ -].*\bE?SMTP\b/i, "mail"],
  [/^(?:220|421|5\d\d)[ -].*FTP/i, "ftp"],
  [/^(?:220|421|5\d\d)[ -]/, "mail-or-ftp"],
  [/^\+OK\b/, "mail"], // POP3
  [/^\* (?:OK|PREAUTH|BYE)\b/, "mail"], // IMAP
];

/** The service that begins with these bytes; `null` if they tell nothing. */
export function serviceOf(bytes: Uint8Array): ForeignService | null {
  const text = String.fromCharCode(...bytes.subarray(0, LIMITS.greetingBytes));
  for (const [pattern, service] of GREETINGS) if (pattern.test(text)) return service;
  return isNoHeader(bytes) ? "unknown" : null;
}

/**
 * The error for a server that sends something else in place of its first frame; `null` if the bytes tell
 * nothing.
 *
 * @param address `host:port`
 */
export function foreignServiceError(bytes: Uint8Array, address: string): ConnectionError | null {
  if (looksLikeTls(bytes, 0)) {
    return new ConnectionError("tls-needed", describeFailure("tls-needed", "en"), { address });
  }
  const service = serviceOf(bytes);
  if (service === null) return null;
  const message = `Cannot connect to ${address}: another service answers there: ${service}`;
  return new ConnectionError("other-service", message, { address, details: { service } });
}

/** Whether the bytes begin with no header: neither its size nor its type is one. */
function isNoHeader(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const { size, code } = readHeader(bytes, 0);
  return size > BigInt(Number.MAX_SAFE_INTEGER) && !/^[A-Z]{4}$/.test(typeName(code));
}
