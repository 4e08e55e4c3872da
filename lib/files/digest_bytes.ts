import { createHash } from "node:crypto";

/** The SHA-256 of byte strings, one behind the other. */
export function digestBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
