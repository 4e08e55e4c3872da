import "reflect-metadata"; // Must come before x509
import * as x509 from "@peculiar/x509";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { fingerprintOf, parseCertificate } from "../../lib/stream/tls/certificate.ts";
import type { TempDir } from "./temp_dir.ts";

const ALGORITHM: Algorithm & { hash?: string } & Record<string, unknown> = {
  name: "ECDSA",
  namedCurve: "P-256",
  hash: "SHA-256",
};
const DAY_MS = 24 * 60 * 60 * 1000;

/** A certificate of a server or an authority, with its key. */
export interface TestCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly fingerprint: string;
  readonly validToMs: number;
  readonly keys: CryptoKeyPair;
  readonly subject: string;
}

/** Options of {@link issue}. */
export interface CertificateOptions {
  readonly subject?: string;
  /** Names and addresses. Default `localhost` and `127.0.0.1`. */
  readonly names?: readonly string[];
  /** Days from now. Default -1. */
  readonly fromDays?: number;
  /** Days from now. Default 1. */
  readonly toDays?: number;
  /** Default `false`. */
  readonly isAuthority?: boolean;
  /** The signer. Default: self-signed. */
  readonly issuer?: TestCertificate;
  /** Default: a new key. */
  readonly keys?: CryptoKeyPair;
  /** Of the key and the signature, as WebCrypto names it. Default: ECDSA with P-256 and SHA-256. */
  readonly algorithm?: typeof ALGORITHM;
}

/** The files of a certificate in a folder. */
export interface CertificateFiles {
  /** The options of a server that name them. */
  readonly args: readonly string[];
  /** Writes a certificate and its key, in place of the former ones. */
  readonly write: (issued: TestCertificate) => void;
}

/** The places for a certificate and its key in a folder. */
export function certificateFiles(folder: TempDir): CertificateFiles {
  return {
    args: ["--tls-cert", folder.join("cert.pem"), "--tls-key", folder.join("key.pem")],
    write: ({ certificate, key }) => {
      folder.write("cert.pem", certificate);
      folder.write("key.pem", key);
    },
  };
}

/** Issues a certificate. */
export async function issue(options: CertificateOptions = {}): Promise<TestCertificate> {
  const { subject = "CN=test", names = ["localhost", "127.0.0.1"], issuer } = options;
  const { algorithm = ALGORITHM } = options;
  const keys = options.keys ?? await generateKeys(algorithm);
  const atDay = (day: number) => new Date(Date.now() + day * DAY_MS);
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: `01${crypto.getRandomValues(new Uint8Array(8)).toHex()}`,
    subject,
    issuer: issuer?.subject ?? subject,
    notBefore: atDay(options.fromDays ?? -1),
    notAfter: atDay(options.toDays ?? 1),
    signingAlgorithm: algorithm as EcdsaParams,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(options.isAuthority ?? false, undefined, true),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({
        type: /:|^\d+\./.test(value) ? "ip" as const : "dns" as const,
        value,
      }))),
    ],
  });
  const certificate = `${made.toString("pem")}\n`;
  const parsed = parseCertificate(certificate)!;
  return {
    certificate,
    key: await keyPem(keys.privateKey),
    fingerprint: fingerprintOf(parsed),
    validToMs: Date.parse(parsed.validTo),
    keys,
    subject,
  };
}

async function generateKeys(algorithm: typeof ALGORITHM): Promise<CryptoKeyPair> {
  const parameters = algorithm as unknown as EcKeyGenParams;
  return await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
}

async function keyPem(key: CryptoKey): Promise<string> {
  const der = await crypto.subtle.exportKey("pkcs8", key);
  return `${x509.PemConverter.encode(der, "PRIVATE KEY")}\n`;
}

/** The DER of a PEM certificate. */
export function derOf(pem: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(pem.replace(/-----[^-]+-----/g, ""));
}

/** Encodes a DER element. */
export function der(tag: number, ...content: Uint8Array[]): Uint8Array {
  const bytes = concatBytes(content);
  const { length } = bytes;
  const size = length < 128
    ? [length]
    : length < 256
    ? [0x81, length]
    : [0x82, length >> 8, length & 255];
  return concatBytes([new Uint8Array([tag, ...size]), bytes]);
}

const ECDSA_SHA256 = der(
  0x30,
  der(0x06, new Uint8Array([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])),
);

/**
 * A certificate of version 1 (DER) with the key of another certificate and an invalid signature.
 */
export async function forgeVersion1({ keys }: TestCertificate): Promise<Uint8Array> {
  const text = (tag: number, value: string) => der(tag, new TextEncoder().encode(value));
  const commonName = der(0x06, new Uint8Array([0x55, 0x04, 0x03]));
  const name = der(0x30, der(0x31, der(0x30, commonName, text(0x0c, "test"))));
  const dates = der(0x30, text(0x17, "200101000000Z"), text(0x17, "400101000000Z"));
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
  const one = der(0x02, new Uint8Array([1]));
  const signature = der(0x03, new Uint8Array([0]), der(0x30, one, one));
  return der(
    0x30,
    der(0x30, one, ECDSA_SHA256, name, dates, name, spki),
    ECDSA_SHA256,
    signature,
  );
}
