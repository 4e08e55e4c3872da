import { OWN_NAME } from "../stream/tls/certificate.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** Subject and issuer. Never changes: a renewed certificate must verify against a stored one. */
const SUBJECT = "CN=tcp-chat";
const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_MS = 365 * DAY_MS;
/** How far in the past validity begins, for peers whose clock is behind. */
const BACKDATED_MS = 7 * DAY_MS;

/** A new P-256 key, as PEM (PKCS #8). */
export async function makeKey(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  return encodePem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", privateKey));
}

/**
 * A self-signed certificate for a P-256 key, valid for a year. It is no CA certificate: clients
 * reject those for servers (RFC 5280, section 4.2.1.9).
 *
 * @param keyPem PKCS #8
 * @param names names and addresses of the host; {@link OWN_NAME} is added
 * @returns PEM
 * @throws if the key cannot be parsed, or is of another kind
 */
export async function makeCertificate(
  keyPem: string,
  names: readonly string[],
  nowMs: number,
): Promise<string> {
  const x509 = await loadLibrary();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: SUBJECT,
    notBefore: new Date(nowMs - BACKDATED_MS),
    notAfter: new Date(nowMs + VALID_MS),
    signingAlgorithm: ALGORITHM,
    keys: await importKeys(keyPem),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([OWN_NAME, ...names].map(generalName)),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

/** Imported on use: loading takes a fifth of a second. */
async function loadLibrary(): Promise<typeof import("@peculiar/x509")> {
  await import("reflect-metadata"); // Required by the library
  return await import("@peculiar/x509");
}

/** Positive and unique (RFC 5280, section 4.1.2.2). */
function newSerialNumber(): string {
  return `01${crypto.getRandomValues(new Uint8Array(15)).toHex()}`;
}

async function importKeys(keyPem: string): Promise<CryptoKeyPair> {
  const der = decodePem(keyPem);
  const privateKey = await crypto.subtle.importKey("pkcs8", der, ALGORITHM, true, ["sign"]);
  const { d: _secret, key_ops: _use, ...point } = await crypto.subtle.exportKey("jwk", privateKey);
  const publicKey = await crypto.subtle.importKey("jwk", point, ALGORITHM, true, ["verify"]);
  return { privateKey, publicKey };
}

function generalName(name: string): { type: "dns" | "ip"; value: string } {
  const isAddress = name.includes(":") || /^\d+(?:\.\d+){3}$/.test(name);
  return { type: isAddress ? "ip" : "dns", value: name };
}

function encodePem(label: string, der: ArrayBuffer): string {
  const lines = new Uint8Array(der).toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function decodePem(pem: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(pem.replace(/-----[^-]+-----/g, ""));
}
