import { join } from "./path.ts";
import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { canonicalAddress } from "../stream/ip_address.ts";
import {
  fingerprintOf,
  formatUtcMinute,
  namesOf,
  OWN_NAME,
  parseCertificate,
  validityErrorCode,
} from "../stream/tls/certificate.ts";
import { CertificateError } from "./certificate_error.ts";
import { asDiskError } from "./disk_error.ts";
import { makeCertificate, makeKey } from "./make_certificate.ts";
import { readIfThere, withLock, writePrivateFile } from "./atomic_file.ts";
import { TLS_CERTIFICATE_NAME, TLS_KEY_NAME } from "./own_marks.ts";

const LOCK_NAME = "tls.lock";
/** A certificate is renewed when its remaining validity is shorter. */
const RENEW_BEFORE_MS = 30 * 24 * 60 * 60 * 1000;
const SMALLEST_RSA_BITS = 2048;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A server's certificate chain and private key. */
export interface ServerCertificate {
  /** PEM: the server's own certificate first, then those of its authorities. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  /** Of the public key, as clients pin it. */
  readonly fingerprint: string;
  /** When the certificate expires, milliseconds since 1970. */
  readonly validToMs: number;
}

/**
 * Loads the key and certificate stored in a folder, and creates them if missing. The certificate is
 * renewed, with the same key, if it is about to expire, is not valid now, or lacks a name. To be
 * called again from time to time; several processes may call it at once.
 *
 * @param directory created if missing
 * @param names names and addresses of this host
 * @throws {CertificateError} if the key cannot be used: it is never replaced, since clients pin it
 * @throws {DiskError}
 */
export async function loadOwnCertificate(
  directory: string,
  names: readonly string[],
  nowMs: number = Date.now(),
): Promise<ServerCertificate> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    return await withLock(join(directory, LOCK_NAME), async () => {
      const key = await keptKey(join(directory, TLS_KEY_NAME));
      return await keptCertificate(join(directory, TLS_CERTIFICATE_NAME), key, names, nowMs);
    });
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    throw asDiskError(error, directory, "keep the TLS key in");
  }
}

/**
 * Reads a certificate chain and its key from two PEM files, and checks that TLS can use them.
 *
 * @throws {CertificateError} if it cannot
 * @throws {DiskError} if a file cannot be read
 */
export async function readCertificate(
  certificatePath: string,
  keyPath: string,
  nowMs: number = Date.now(),
): Promise<ServerCertificate> {
  const chain = (await read(certificatePath)).match(PEM_CERTIFICATE) ?? [];
  const certificate = parseCertificate(chain[0] ?? "");
  if (certificate === null) throw new CertificateError("no-certificate", certificatePath);
  const key = parseKey(await read(keyPath), keyPath);
  refuseUnusable(certificate, key, { certificatePath, keyPath, nowMs });
  return serverCertificate(certificate, `${chain.join("\n")}\n`, key);
}

/** The names and addresses of this host. */
export function hostNames(): string[] {
  const names = new Set(["localhost"]);
  try {
    names.add(Deno.hostname().toLowerCase());
    for (const { address } of Deno.networkInterfaces()) names.add(address.split("%")[0] ?? address);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error; // No permission: the names so far
  }
  return [...names].filter((name) => /^[a-z0-9.:-]+$/.test(name)).sort();
}

async function keptKey(path: string): Promise<KeyObject> {
  const kept = await readIfThere(path);
  if (kept !== null) {
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
    return parseKey(kept, path);
  }
  const made = await makeKey();
  await writePrivateFile(path, made);
  return parseKey(made, path);
}

async function keptCertificate(
  path: string,
  key: KeyObject,
  names: readonly string[],
  nowMs: number,
): Promise<ServerCertificate> {
  const kept = await readIfThere(path);
  const certificate = parseCertificate(kept ?? "");
  if (kept !== null && certificate !== null && isGood(certificate, key, names, nowMs)) {
    return serverCertificate(certificate, kept, key);
  }
  const made = await makeCertificate(toPem(key), names, nowMs);
  const renewed = parseCertificate(made);
  if (renewed === null) throw new CertificateError("no-certificate", path);
  await writePrivateFile(path, made);
  return serverCertificate(renewed, made, key);
}

function isGood(
  certificate: X509Certificate,
  key: KeyObject,
  names: readonly string[],
  nowMs: number,
): boolean {
  const certified = new Set(namesOf(certificate).map(canonicalName));
  return certificate.checkPrivateKey(key) &&
    validityErrorCode(certificate, nowMs) === null &&
    validityErrorCode(certificate, nowMs + RENEW_BEFORE_MS) === null &&
    [OWN_NAME, ...names].every((name) => certified.has(canonicalName(name)));
}

/** A name or an address in the form that is compared. */
function canonicalName(name: string): string {
  return canonicalAddress(name) ?? name.toLowerCase();
}

function refuseUnusable(
  certificate: X509Certificate,
  key: KeyObject,
  context: { certificatePath: string; keyPath: string; nowMs: number },
): void {
  const { certificatePath, keyPath, nowMs } = context;
  if (!certificate.checkPrivateKey(key)) {
    throw new CertificateError("mismatch", certificatePath, { details: { keyPath } });
  }
  if (certificate.ca) throw new CertificateError("authority", certificatePath);
  if (namesOf(certificate).length === 0) throw new CertificateError("no-name", certificatePath);
  const code = validityErrorCode(certificate, nowMs);
  if (code === null) return;
  const details = {
    validFrom: formatUtcMinute(Date.parse(certificate.validFrom)),
    validTo: formatUtcMinute(Date.parse(certificate.validTo)),
    now: formatUtcMinute(nowMs),
  };
  throw new CertificateError(code, certificatePath, { details });
}

function parseKey(pem: string, path: string): KeyObject {
  if (/ENCRYPTED/.test(pem)) throw new CertificateError("key-encrypted", path);
  try {
    const key = createPrivateKey(pem);
    if (isUsableKind(key)) return key;
  } catch (cause) {
    throw new CertificateError("no-key", path, { cause });
  }
  throw new CertificateError("key-kind", path);
}

/** Whether the runtime's TLS library can sign with the key in TLS 1.3. */
function isUsableKind({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === "ed25519") return true;
  if (asymmetricKeyType === "rsa") {
    return (asymmetricKeyDetails?.modulusLength ?? 0) >= SMALLEST_RSA_BITS;
  }
  return asymmetricKeyType === "ec" &&
    /^(?:prime256v1|secp384r1)$/.test(asymmetricKeyDetails?.namedCurve ?? "");
}

function serverCertificate(
  certificate: X509Certificate,
  chain: string,
  key: KeyObject,
): ServerCertificate {
  return {
    certificate: chain,
    key: toPem(key),
    fingerprint: fingerprintOf(certificate),
    validToMs: Date.parse(certificate.validTo),
  };
}

function toPem(key: KeyObject): string {
  return String(key.export({ type: "pkcs8", format: "pem" }));
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw asDiskError(error, path, "read");
  }
}
