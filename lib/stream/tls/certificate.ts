import { createHash, X509Certificate } from "node:crypto";

/**
 * The name that self-made certificates carry beside those of their host. No authority issues
 * certificates for it (RFC 6761, section 6.4), so a certificate with it is self-made.
 */
export const OWN_NAME = "tcp-chat.invalid";

/** The certificate chain and the private key of a server, in PEM. */
export interface TlsCredentials {
  readonly certificate: string;
  readonly key: string;
}

/** Why a certificate is not valid at a time. */
export type ValidityErrorCode = "expired" | "not-yet-valid";

/**
 * Parses a certificate.
 *
 * @param source DER, or PEM whose first certificate counts
 * @returns `null` for any other input
 */
export function parseCertificate(source: Uint8Array | string): X509Certificate | null {
  try {
    return new X509Certificate(source);
  } catch {
    return null;
  }
}

/**
 * The SHA-256 of the public key (SPKI, DER) in hex. A certificate renewed with the same key keeps
 * it.
 */
export function fingerprintOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("hex");
}

/**
 * The hash of each signature algorithm of certificates, by its identifier. MD5 and SHA-1 count as
 * SHA-256 (RFC 5929, section 4.1). Ed25519 has no hash of its own, and RSASSA-PSS names it elsewhere.
 */
const END_POINT_HASHES: Readonly<Record<string, "sha256" | "sha384" | "sha512">> = {
  "1.2.840.113549.1.1.4": "sha256", // RSA with MD5
  "1.2.840.113549.1.1.5": "sha256", // RSA with SHA-1
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.4.1": "sha256", // ECDSA with SHA-1
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};

/**
 * The `tls-server-end-point` of a certificate (RFC 5929, section 4): its hash, by the hash function
 * that it is signed with. `null` where that is undefined.
 */
export function serverEndPointOf(certificate: X509Certificate): Uint8Array | null {
  // Not declared: `tests/platform/` notices when it goes
  const oid = "signatureAlgorithmOid" in certificate ? certificate.signatureAlgorithmOid : "";
  const hash = END_POINT_HASHES[String(oid)];
  if (hash === undefined) return null;
  return new Uint8Array(createHash(hash).update(certificate.raw).digest());
}

/** The names and addresses that a certificate is for, wildcards included. */
export function namesOf(certificate: X509Certificate): string[] {
  const names = certificate.subjectAltName?.split(", ") ?? [];
  return names.map((name) => name.replace(/^(?:DNS|IP Address):/, ""));
}

/**
 * A name to verify the certificate for: `OWN_NAME` before the host's, the host's before any other.
 * `null` if the certificate has none, or only wildcards of other hosts.
 */
export function verifiableName(certificate: X509Certificate, hostname: string): string | null {
  const names = namesOf(certificate);
  if (names.includes(OWN_NAME)) return OWN_NAME;
  const wildcard = `*${hostname.slice(hostname.indexOf("."))}`;
  if (names.includes(hostname) || names.includes(wildcard)) return hostname;
  return names.find((name) => !name.includes("*")) ?? null;
}

/** Why the certificate is not valid at a time (milliseconds since 1970); `null` if it is. */
export function validityErrorCode(
  certificate: X509Certificate,
  nowMs: number,
): ValidityErrorCode | null {
  if (nowMs > Date.parse(certificate.validTo)) return "expired";
  return nowMs < Date.parse(certificate.validFrom) ? "not-yet-valid" : null;
}

/** Formats a time (milliseconds since 1970) to the minute in UTC, for comparison with a clock. */
export function formatUtcMinute(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
