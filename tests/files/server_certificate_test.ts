import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { CertificateError, type CertificateErrorCode } from "../../lib/files/certificate_error.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import {
  hostNames,
  loadOwnCertificate,
  readCertificate,
} from "../../lib/files/server_certificate.ts";
import { namesOf, OWN_NAME, parseCertificate } from "../../lib/stream/tls/certificate.ts";
import { issue } from "../helpers/certificates.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const NAMES = ["localhost", "127.0.0.1", "::1"];
const onUnix = { ignore: Deno.build.os === "windows" };

function modeOf(path: string): string {
  return (Deno.statSync(path).mode! & 0o777).toString(8);
}

Deno.test("loadOwnCertificate: creates a certificate once, for the given names and OWN_NAME", async () => {
  using temp = new TempDir();
  const folder = temp.join("state/tcp-chat");
  const made = await loadOwnCertificate(folder, NAMES);
  const certificate = parseCertificate(made.certificate)!;
  const names = namesOf(certificate);
  assert([OWN_NAME, "localhost", "127.0.0.1"].every((name) => names.includes(name)));
  assertEquals(names.length, 4);
  assertEquals(certificate.ca, false);
  assertEquals(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  assertEquals(await loadOwnCertificate(folder, NAMES), made);
});

Deno.test({
  name:
    "loadOwnCertificate: gives the folder mode 0700 and its files 0600, and restores that of the key",
  ...onUnix,
  fn: async () => {
    using temp = new TempDir();
    const folder = temp.join("data");
    await loadOwnCertificate(folder, NAMES);
    assertEquals(modeOf(folder), "700");
    for (const name of temp.list("data")) assertEquals(modeOf(temp.join("data", name)), "600");
    Deno.chmodSync(temp.join("data/tls-key.pem"), 0o644);
    await loadOwnCertificate(folder, NAMES);
    assertEquals(modeOf(temp.join("data/tls-key.pem")), "600");
  },
});

Deno.test("loadOwnCertificate: renews the certificate before it expires, with the same key", async () => {
  using temp = new TempDir();
  const made = await loadOwnCertificate(temp.path, NAMES);
  const inTime = await loadOwnCertificate(temp.path, NAMES, made.validToMs - 31 * DAY_MS);
  assertEquals(inTime, made);
  const renewed = await loadOwnCertificate(temp.path, NAMES, made.validToMs - 29 * DAY_MS);
  assertNotEquals(renewed.certificate, made.certificate);
  assertEquals([renewed.fingerprint, renewed.key], [made.fingerprint, made.key]);
  assert(renewed.validToMs > made.validToMs + 300 * DAY_MS);
  const late = await loadOwnCertificate(temp.path, NAMES, made.validToMs + 900 * DAY_MS);
  assertEquals(late.fingerprint, made.fingerprint);
});

Deno.test("loadOwnCertificate: renews the certificate when the clock was set back or a name is new", async () => {
  using temp = new TempDir();
  const made = await loadOwnCertificate(temp.path, NAMES);
  const early = await loadOwnCertificate(temp.path, NAMES, Date.now() - 3_000 * DAY_MS);
  assert(early.validToMs < made.validToMs);
  const renamed = await loadOwnCertificate(temp.path, [...NAMES, "new.example"]);
  assert(namesOf(parseCertificate(renamed.certificate)!).includes("new.example"));
  assertEquals(renamed.fingerprint, made.fingerprint);
});

Deno.test("loadOwnCertificate: replaces a lost or broken certificate, with the same key", async () => {
  using temp = new TempDir();
  const { fingerprint } = await loadOwnCertificate(temp.path, NAMES);
  Deno.removeSync(temp.join("tls-cert.pem"));
  assertEquals((await loadOwnCertificate(temp.path, NAMES)).fingerprint, fingerprint);
  temp.write("tls-cert.pem", "half a certif");
  assertEquals((await loadOwnCertificate(temp.path, NAMES)).fingerprint, fingerprint);
  temp.write("tls-cert.pem", (await issue()).certificate);
  assertEquals((await loadOwnCertificate(temp.path, NAMES)).fingerprint, fingerprint);
});

Deno.test("loadOwnCertificate: never replaces a broken key, since clients pin it", async () => {
  using temp = new TempDir();
  temp.write("tls-key.pem", "half a k");
  const error = await assertRejects(() => loadOwnCertificate(temp.path, NAMES), CertificateError);
  assertEquals([error.code, error.path], ["no-key", temp.join("tls-key.pem")]);
  assertEquals(Deno.readTextFileSync(temp.join("tls-key.pem")), "half a k");
});

Deno.test("loadOwnCertificate: returns the same key to concurrent callers and processes", async () => {
  using temp = new TempDir();
  const children = Array.from(
    { length: 3 },
    () => new ChildProcess("certificate_child.ts", [temp.path]),
  );
  const own = Promise.all([
    loadOwnCertificate(temp.path, NAMES),
    loadOwnCertificate(temp.path, NAMES),
  ]);
  const others = await Promise.all(children.map((child) => child.nextLine()));
  const all = [...others, ...await own].map(({ fingerprint }) => fingerprint);
  assertEquals(new Set(all).size, 1);
  assertEquals(temp.list(), ["tls-cert.pem", "tls-key.pem", "tls.lock"]);
  for (const child of children) await child[Symbol.asyncDispose]();
});

Deno.test("loadOwnCertificate: throws a DiskError when the folder cannot be created", async () => {
  using temp = new TempDir();
  const file = temp.write("file", "");
  await assertRejects(() => loadOwnCertificate(file, NAMES), DiskError);
});

Deno.test("hostNames: returns names that a certificate can contain", async () => {
  using temp = new TempDir();
  const names = hostNames();
  assert(names.includes("localhost"));
  await loadOwnCertificate(temp.path, names);
});

Deno.test("readCertificate: reads a key and a certificate with its chain", async () => {
  using temp = new TempDir();
  const authority = await issue({ subject: "CN=authority", isAuthority: true });
  const own = await issue({ issuer: authority });
  const text = `Some words\n${own.certificate}\n${authority.certificate}`;
  const certificatePath = temp.write("chain.pem", text);
  const read = await readCertificate(certificatePath, temp.write("key.pem", own.key));
  assertEquals(read.fingerprint, own.fingerprint);
  assertEquals(read.validToMs, own.validToMs);
  assertEquals(read.certificate.match(/BEGIN CERTIFICATE/g)!.length, 2);
  assert(!read.certificate.includes("words"));
});

Deno.test("readCertificate: throws an error with a code and the faulty file", async () => {
  using temp = new TempDir();
  const good = await issue();
  const key = temp.write("key.pem", good.key);
  const certificate = temp.write("cert.pem", good.certificate);
  const errorOf = async (certificatePath: string, keyPath: string) => {
    const reading = () => readCertificate(certificatePath, keyPath);
    const { code, path } = await assertRejects(reading, CertificateError);
    return [code, path] as [CertificateErrorCode, string];
  };
  assertEquals(await errorOf(key, key), ["no-certificate", key]);
  assertEquals(await errorOf(certificate, certificate), ["no-key", certificate]);
  const other = temp.write("other.pem", (await issue()).key);
  assertEquals(await errorOf(certificate, other), ["mismatch", certificate]);
  const secret =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
  const encrypted = temp.write("encrypted.pem", secret);
  assertEquals(await errorOf(certificate, encrypted), ["key-encrypted", encrypted]);
  const writeSpecial = async (overrides: Parameters<typeof issue>[0]) =>
    temp.write("special.pem", (await issue({ ...overrides, keys: good.keys })).certificate);
  const special = await writeSpecial({ isAuthority: true });
  assertEquals(await errorOf(special, key), ["authority", special]);
  assertEquals(await errorOf(await writeSpecial({ names: [] }), key), ["no-name", special]);
  assertEquals(await errorOf(await writeSpecial({ fromDays: -9, toDays: -8 }), key), [
    "expired",
    special,
  ]);
  assertEquals(await errorOf(await writeSpecial({ fromDays: 8, toDays: 9 }), key), [
    "not-yet-valid",
    special,
  ]);
  await assertRejects(() => readCertificate(temp.join("nothing"), key), DiskError);
});

Deno.test("readCertificate: refuses a key of a kind that the runtime's TLS cannot use", async () => {
  using temp = new TempDir();
  const { privateKey } = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 1024,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    true,
    ["sign", "verify"],
  );
  const base64 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey)).toBase64();
  const pem = `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
  const certificate = temp.write("cert.pem", (await issue()).certificate);
  const key = temp.write("key.pem", pem);
  const error = await assertRejects(() => readCertificate(certificate, key), CertificateError);
  assertEquals(error.code, "key-kind");
});
