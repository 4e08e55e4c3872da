import { hmac as hmacOf } from "@noble/hashes/hmac.js";
import { pbkdf2Async } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";

/** The size of a SHA-256, and so of every key and proof. */
export const KEY_BYTES = 32;

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** The data a server keeps of a password (RFC 5802, section 3). It does not suffice to log in. */
export interface ScramVerifier {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/**
 * SaltedPassword: `Hi(password, salt, iterations)`, which is PBKDF2 with HMAC-SHA-256 (RFC 5802,
 * section 2.2). Computed on another thread, except in a page that came by plain HTTP: browsers keep
 * WebCrypto from it.
 *
 * @param password as returned by `preparePassword`
 */
export async function saltPassword(
  password: string,
  salt: Uint8Array,
  iterations: number,
): Promise<Bytes> {
  const bytes = encoder.encode(password);
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  if (subtle === undefined) {
    const options = { c: iterations, dkLen: KEY_BYTES };
    return new Uint8Array(await pbkdf2Async(sha256, bytes, salt, options));
  }
  const key = await subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(salt), iterations };
  return new Uint8Array(await subtle.deriveBits(parameters, key, KEY_BYTES * 8));
}

/** Derives the verifier of a password (RFC 5802, section 3). */
export async function makeVerifier(
  password: string,
  salt: Uint8Array,
  iterations: number,
): Promise<ScramVerifier> {
  const salted = await saltPassword(password, salt, iterations);
  const storedKey = digest(clientKeyOf(salted));
  return { salt, iterations, storedKey, serverKey: serverKeyOf(salted) };
}

/** ClientProof: proves for this exchange only that the client knows the password. */
export function makeProof(salted: Uint8Array, authMessage: string): Bytes {
  const clientKey = clientKeyOf(salted);
  return xor(clientKey, hmac(digest(clientKey), authMessage));
}

/**
 * Whether a ClientProof matches the verifier. The time does not depend on the proof, provided that
 * it has {@link KEY_BYTES}.
 */
export function isProof(proof: Uint8Array, verifier: ScramVerifier, authMessage: string): boolean {
  const clientKey = xor(proof, hmac(verifier.storedKey, authMessage));
  return timingSafeEqual(digest(clientKey), verifier.storedKey);
}

/** ServerSignature: proves for this exchange only that the server knows the account. */
export function signAsServer(serverKey: Uint8Array, authMessage: string): Bytes {
  return hmac(serverKey, authMessage);
}

/** ServerKey. */
export function serverKeyOf(salted: Uint8Array): Bytes {
  return hmac(salted, "Server Key");
}

/** HMAC-SHA-256 of a text. */
export function hmac(key: Uint8Array, text: string): Bytes {
  return new Uint8Array(hmacOf(sha256, key, encoder.encode(text)));
}

function clientKeyOf(salted: Uint8Array): Bytes {
  return hmac(salted, "Client Key");
}

function digest(bytes: Uint8Array): Bytes {
  return new Uint8Array(sha256(bytes));
}

function xor(a: Uint8Array, b: Uint8Array): Bytes {
  return Uint8Array.from(a, (byte, i) => byte ^ (b[i] ?? 0));
}

const NONCE_BYTES = 18;

/** Options of either side of a login. */
export interface ScramOptions {
  /** The nonce of this side, for test vectors. Default: a random nonce. */
  readonly nonce?: string;
}

/** A random nonce of 24 characters without a comma (RFC 5802, section 5.1). */
export function makeNonce(): string {
  return crypto.getRandomValues(new Uint8Array(NONCE_BYTES)).toBase64();
}
