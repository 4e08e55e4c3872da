const SECRET_BYTES = 24;

/** A new secret by which a server knows a client that comes back, and nothing else does. */
export function makeResumeSecret(): string {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toHex();
}
