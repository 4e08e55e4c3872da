/**
 * A child process that loads the certificate kept in the folder of the first argument, and prints
 * its fingerprint as a JSON line.
 *
 * @module
 */
import { loadOwnCertificate } from "../../lib/files/server_certificate.ts";

if (import.meta.main) {
  const { fingerprint } = await loadOwnCertificate(Deno.args[0]!, [
    "localhost",
    "127.0.0.1",
    "::1",
  ]);
  console.log(JSON.stringify({ fingerprint }));
}
