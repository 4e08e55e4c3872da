/** The mechanism of the logins (RFC 7677), without channel binding. */
export const SCRAM_MECHANISM = "SCRAM-SHA-256";
/** The same, bound to the certificate of the connection (RFC 5802, section 6). */
export const SCRAM_PLUS_MECHANISM = "SCRAM-SHA-256-PLUS";

/** The mechanisms of a connection, the best first. @param endPoint `null` where it has none */
export function mechanismsFor(endPoint: Uint8Array | null): readonly string[] {
  return endPoint === null ? [SCRAM_MECHANISM] : [SCRAM_PLUS_MECHANISM, SCRAM_MECHANISM];
}
