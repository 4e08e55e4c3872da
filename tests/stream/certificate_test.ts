import { assert, assertEquals } from "@std/assert";
import {
  fingerprintOf,
  formatUtcMinute,
  namesOf,
  OWN_NAME,
  parseCertificate,
  serverEndPointOf,
  validityErrorCode,
  verifiableName,
} from "../../lib/stream/tls/certificate.ts";
import { createHash } from "node:crypto";
import { sha256Of } from "../helpers/bytes.ts";
import { derOf, issue } from "../helpers/certificates.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

Deno.test("parseCertificate: accepts PEM and DER, and returns null for anything else", async () => {
  const { certificate } = await issue();
  assert(parseCertificate(certificate) !== null);
  assert(parseCertificate(derOf(certificate)) !== null);
  for (const other of ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n", new Uint8Array(9)]) {
    assertEquals(parseCertificate(other), null);
  }
});

Deno.test("fingerprintOf: hashes the public key, so a renewed certificate keeps it", async () => {
  const first = await issue();
  const renewed = await issue({ keys: first.keys, names: ["other"], toDays: 9 });
  const spki = await crypto.subtle.exportKey("spki", first.keys.publicKey);
  assertEquals(first.fingerprint, sha256Of(new Uint8Array(spki)));
  assertEquals(fingerprintOf(parseCertificate(renewed.certificate)!), first.fingerprint);
});

const RSA = {
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  name: "RSASSA-PKCS1-v1_5",
};
/** The last bytes of the identifiers of RSA with SHA-256 and with MD5, and their tag NULL. */
const [RSA_SHA256, RSA_MD5] = ["0101" + "0b" + "0500", "0101" + "04" + "0500"];

Deno.test("serverEndPointOf: hashes the certificate by the hash of its signature, at least SHA-256", async () => {
  const ecdsa = (namedCurve: string, hash: string) => ({ name: "ECDSA", namedCurve, hash });
  const cases = [
    [{ ...RSA, hash: "SHA-1" }, "sha256"],
    [{ ...RSA, hash: "SHA-256" }, "sha256"],
    [{ ...RSA, hash: "SHA-384" }, "sha384"],
    [{ ...RSA, hash: "SHA-512" }, "sha512"],
    [ecdsa("P-256", "SHA-1"), "sha256"],
    [ecdsa("P-256", "SHA-256"), "sha256"],
    [ecdsa("P-384", "SHA-384"), "sha384"],
    [ecdsa("P-384", "SHA-512"), "sha512"],
  ] as const;
  for (const [algorithm, hash] of cases) {
    const { certificate } = await issue({ algorithm });
    const endPoint = serverEndPointOf(parseCertificate(certificate)!);
    const expected = new Uint8Array(createHash(hash).update(derOf(certificate)).digest());
    assertEquals(endPoint, expected, JSON.stringify(algorithm));
  }
});

Deno.test("serverEndPointOf: hashes a certificate that is signed with MD5 by SHA-256", async () => {
  const { certificate } = await issue({ algorithm: { ...RSA, hash: "SHA-256" } });
  const hex = derOf(certificate).toHex();
  assertEquals(hex.split(RSA_SHA256).length, 3);
  const weak = Uint8Array.fromHex(hex.replaceAll(RSA_SHA256, RSA_MD5));
  assertEquals(serverEndPointOf(parseCertificate(weak)!)?.toHex(), sha256Of(weak));
});

Deno.test("serverEndPointOf: returns null for a signature without a hash of its own", async () => {
  const { certificate } = await issue({ algorithm: { name: "Ed25519" } });
  assertEquals(serverEndPointOf(parseCertificate(certificate)!), null);
});

Deno.test("verifiableName: prefers OWN_NAME, then the host's name, then any other", async () => {
  const nameOf = async (names: string[], hostname: string) => {
    const { certificate } = await issue({ names });
    return verifiableName(parseCertificate(certificate)!, hostname);
  };
  assertEquals(await nameOf(["a.example", OWN_NAME], "a.example"), OWN_NAME);
  assertEquals(await nameOf(["a.example", "b.example"], "b.example"), "b.example");
  assertEquals(await nameOf(["*.example", "b.example"], "c.example"), "c.example");
  assertEquals(await nameOf(["10.1.2.3"], "10.1.2.3"), "10.1.2.3");
  assertEquals(await nameOf(["*.example", "b.example"], "elsewhere"), "b.example");
  assertEquals(await nameOf(["*.example"], "elsewhere"), null);
});

Deno.test("namesOf: returns names and addresses without their kind", async () => {
  const { certificate } = await issue({ names: ["a.example", "10.1.2.3", "::1"] });
  const names = namesOf(parseCertificate(certificate)!);
  assertEquals(names.slice(0, 2), ["a.example", "10.1.2.3"]);
  assertEquals(names.length, 3);
});

Deno.test("validityErrorCode: is null between the dates", async () => {
  const certificate = parseCertificate((await issue({ fromDays: -1, toDays: 1 })).certificate)!;
  assertEquals(validityErrorCode(certificate, Date.now()), null);
  assertEquals(validityErrorCode(certificate, Date.now() + 2 * DAY_MS), "expired");
  assertEquals(validityErrorCode(certificate, Date.now() - 2 * DAY_MS), "not-yet-valid");
});

Deno.test("formatUtcMinute: formats the minute in UTC", () => {
  assertEquals(formatUtcMinute(0), "1970-01-01 00:00 UTC");
});
