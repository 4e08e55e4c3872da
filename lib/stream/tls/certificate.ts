import { createHash, X509Certificate } from "node:crypto";

/**
 * The name that our own certificates carry beside those of their host. No authority issues one for
 * it (RFC 6761, section 6.4), so whoever shows one made it himself.
 */
export const OWN_NAME = "tcp-chat.invalid";

/** What a server shows its clients, in PEM: its chain of certificates, and its key. */
export interface TlsCredentials {
  readonly certificate: string;
  readonly key: string;
}

/** What is wrong with the dates of a certificate. */
export type ValidityErrorCode = "expired" | "not-yet-valid";

/**
 * Reads one certificate.
 *
 * @param source DER, or PEM of which the first certificate counts
 * @returns `null` for anything else
 */
export function parseCertificate(source: Uint8Array | string): X509Certificate | null {
  try {
    return new X509Certificate(source);
  } catch {
    return null;
  }
}

/** The SHA-256 of the public key (SPKI, DER) in hex: it outlives a renewal with the same key. */
export function fingerprintOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("hex");
}

/** A fingerprint as people write it, with colons or without; `null` for anything else. */
export function parseFingerprint(text: string): string | null {
  const digits = text.trim().replaceAll(":", "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : null;
}

/** The names and addresses that a certificate is for, wildcards included. */
export function namesOf(certificate: X509Certificate): string[] {
  const names = certificate.subjectAltName?.split(", ") ?? [];
  return names.map((name) => name.replace(/^(?:DNS|IP Address):/, ""));
}

/**
 * A name that the certificate is valid for: our own one before the host's, and that before any
 * other; `null` for a certificate without names.
 */
export function verifiableName(certificate: X509Certificate, hostname: string): string | null {
  const names = namesOf(certificate);
  if (names.includes(OWN_NAME)) return OWN_NAME;
  const wildcard = `*${hostname.slice(hostname.indexOf("."))}`;
  if (names.includes(hostname) || names.includes(wildcard)) return hostname;
  return names.find((name) => !name.includes("*")) ?? null;
}

/** Whether the certificate is valid at that time, milliseconds since 1970; `null` if it is. */
export function validityErrorCode(
  certificate: X509Certificate,
  nowMs: number,
): ValidityErrorCode | null {
  if (nowMs > Date.parse(certificate.validTo)) return "expired";
  return nowMs < Date.parse(certificate.validFrom) ? "not-yet-valid" : null;
}

/** A time, milliseconds since 1970, to the minute, in UTC: people compare it with a clock. */
export function formatTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
