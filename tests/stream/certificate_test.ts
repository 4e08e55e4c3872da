import { assert, assertEquals } from "@std/assert";
import {
  fingerprintOf,
  formatUtcMinute,
  namesOf,
  OWN_NAME,
  parseCertificate,
  validityErrorCode,
  verifiableName,
} from "../../lib/stream/tls/certificate.ts";
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
