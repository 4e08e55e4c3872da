const NONCE_BYTES = 18;

/** How one side of a login is set up. */
export interface ScramOptions {
  /** This side's nonce, for test vectors. Default: a new one. */
  readonly nonce?: string;
}

/** A nonce that nobody can guess: 24 characters, none of them a comma (RFC 5802, section 5.1). */
export function makeNonce(): string {
  return crypto.getRandomValues(new Uint8Array(NONCE_BYTES)).toBase64();
}
