/**
 * Encodes and decodes the messages of SCRAM (RFC 5802, sections 5.1 and 7). A message that breaks
 * the grammar decodes to `null`, as does a message with mandatory parts not supported here: the
 * reserved attribute `m`, and channel bindings other than `tls-server-end-point`.
 *
 * @module
 */
import { LIMITS } from "../protocol/limits.ts";

const NONCE = /[\x21-\x2b\x2d-\x7e]+/.source; // printable, no comma
const BASE64 = /[A-Za-z0-9+/]+={0,2}/.source;
// Undefined attributes are skipped, except for `m`
const EXTENSIONS = /(?:,[A-Za-ln-z]=[^,\0]+)*/.source;

const CLIENT_FIRST = new RegExp(
  `^((n|y|p=tls-server-end-point),(?:a=([^,\\0]*))?,)(n=([^,\\0]+),r=(${NONCE})${EXTENSIONS})$`,
);
const SERVER_FIRST = new RegExp(`^r=(${NONCE}),s=(${BASE64}),i=([1-9]\\d{0,9})${EXTENSIONS}$`);
const CLIENT_FINAL = new RegExp(`^(c=(${BASE64}),r=(${NONCE})${EXTENSIONS}),p=(${BASE64})$`);
const SERVER_FINAL = new RegExp(`^v=(${BASE64})${EXTENSIONS}$`);

/**
 * What a client says about channel binding: `n` it cannot, `y` it could and the server does not offer
 * it, or the name of the binding that it uses (RFC 5802, section 6).
 */
export type BindingFlag = "n" | "y" | "p=tls-server-end-point";

/** The flag of a login that is bound to the certificate of the connection. */
export const BOUND = "p=tls-server-end-point" satisfies BindingFlag;

/** The content of client-first. */
export interface ClientFirst {
  /** The GS2 header, which client-final repeats. */
  readonly header: string;
  readonly flag: BindingFlag;
  /** The authorization identity; `null` for the user itself. */
  readonly actor: string | null;
  readonly user: string;
  readonly nonce: string;
  /** client-first-message-bare, for the proofs. */
  readonly bare: string;
}

/** The content of server-first. */
export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** The content of client-final. */
export interface ClientFinal {
  /** The GS2 header of client-first and the binding, as {@link encodeBinding} encodes them. */
  readonly binding: string;
  readonly nonce: string;
  readonly proof: Uint8Array;
  /** client-final-message-without-proof, for the proofs. */
  readonly withoutProof: string;
}

/** Encodes client-first-message-bare. */
export function formatClientFirstBare(user: string, nonce: string): string {
  return `n=${user.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${nonce}`;
}

/** Encodes server-first. */
export function formatServerFirst({ nonce, salt, iterations }: ServerFirst): string {
  return `r=${nonce},s=${toBase64(salt)},i=${iterations}`;
}

/** Encodes client-final-message-without-proof. @param binding from {@link encodeBinding} */
export function formatWithoutProof(binding: string, nonce: string): string {
  return `c=${binding},r=${nonce}`;
}

/** Encodes the GS2 header for client-final. @param endPoint `null` without channel binding */
export function encodeBinding(header: string, endPoint: Uint8Array | null = null): string {
  return toBase64(new Uint8Array([...new TextEncoder().encode(header), ...endPoint ?? []]));
}

/** Encodes client-final. */
export function formatClientFinal(withoutProof: string, proof: Uint8Array): string {
  return `${withoutProof},p=${toBase64(proof)}`;
}

/** Encodes server-final of a successful login. */
export function formatServerFinal(signature: Uint8Array): string {
  return `v=${toBase64(signature)}`;
}

/** Decodes client-first, or returns `null`. */
export function parseClientFirst(message: string): ClientFirst | null {
  const [, header, flag, actor, bare, name, nonce] = match(CLIENT_FIRST, message);
  if (header === undefined || bare === undefined || nonce === undefined) return null;
  const user = unescapeName(name ?? "");
  const decodedActor = unescapeName(actor ?? "");
  if (user === null || decodedActor === null) return null;
  const names = { actor: decodedActor === "" ? null : decodedActor, user };
  return { header, flag: flag as BindingFlag, ...names, nonce, bare };
}

/** Decodes server-first, or returns `null`. */
export function parseServerFirst(message: string): ServerFirst | null {
  const [, nonce, salt, iterations] = match(SERVER_FIRST, message);
  const bytes = fromBase64(salt ?? "");
  if (nonce === undefined || bytes === null) return null;
  return { nonce, salt: bytes, iterations: Number(iterations) };
}

/** Decodes client-final, or returns `null`. */
export function parseClientFinal(message: string): ClientFinal | null {
  const [, withoutProof, binding, nonce, encoded] = match(CLIENT_FINAL, message);
  const proof = fromBase64(encoded ?? "");
  if (withoutProof === undefined || binding === undefined || nonce === undefined) return null;
  return proof === null ? null : { binding, nonce, proof, withoutProof };
}

/** Decodes the ServerSignature of server-final; `null` also if it reports a failed login. */
export function parseServerFinal(message: string): Uint8Array | null {
  const [, signature] = match(SERVER_FINAL, message);
  return signature === undefined ? null : fromBase64(signature);
}

function match(pattern: RegExp, message: string): ReadonlyArray<string | undefined> {
  if (message.length > LIMITS.scramMessageCharacters) return [];
  return pattern.exec(message) ?? [];
}

/** Undoes the escapes of {@link formatClientFirstBare}; `null` for an unknown escape. */
function unescapeName(name: string): string | null {
  if (/=(?!2C|3D)/.test(name)) return null;
  return name.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/** Accepts only the text that {@link toBase64} makes: each value has one encoding. */
function fromBase64(text: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
    return bytes.length > 0 ? bytes : null;
  } catch {
    return null;
  }
}
