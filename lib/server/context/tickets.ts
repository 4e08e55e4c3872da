import type { Account } from "../../accounts/account.ts";
import { concatBytes } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";

const MAC_BYTES = 32;
const EXPIRY_BYTES = 8;
const ALGORITHM: HmacKeyGenParams = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A link's right to a path. */
export interface Ticket {
  /** Safe in a URL. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

/**
 * Tickets for links: each lets a program that cannot log in get one path with the rights that an
 * account has at that time.
 *
 * Nothing is stored: a ticket proves itself by a MAC over its time, account and path, whose key dies
 * with the server. Any change of the account ends its tickets.
 */
export class Tickets {
  #key: Promise<CryptoKey> | null = null;

  /** Issues a ticket for a path, as returned by `checkPath` or "". */
  async issue(account: Account, path: string, nowMs: number = Date.now()): Promise<Ticket> {
    const expiresMs = nowMs + LIMITS.ticketMs;
    const expiry = encodeExpiry(expiresMs);
    const mac = await crypto.subtle.sign(
      "HMAC",
      await this.#openKey(),
      message(expiry, account, path),
    );
    const bytes = concatBytes([expiry, new Uint8Array(mac), encoder.encode(account.name)]);
    return { text: bytes.toBase64({ alphabet: "base64url", omitPadding: true }), expiresMs };
  }

  /**
   * The account of a ticket; `null` if it is forged, expired, for another path, or of an account
   * that was changed.
   *
   * @param find finds an account by its name
   */
  async check(
    text: string,
    path: string,
    find: (name: string) => Account | null,
    nowMs: number = Date.now(),
  ): Promise<Account | null> {
    const bytes = decode(text);
    if (bytes === null || bytes.length <= EXPIRY_BYTES + MAC_BYTES) return null;
    const expiry = bytes.subarray(0, EXPIRY_BYTES);
    const name = decodeName(bytes.subarray(EXPIRY_BYTES + MAC_BYTES));
    const account = name === null ? null : find(name);
    if (account === null) return null;
    const mac = bytes.subarray(EXPIRY_BYTES, EXPIRY_BYTES + MAC_BYTES);
    const key = await this.#openKey();
    const isOurs = await crypto.subtle.verify("HMAC", key, mac, message(expiry, account, path));
    const expiresMs = new DataView(expiry.buffer, expiry.byteOffset).getFloat64(0);
    return isOurs && nowMs < expiresMs ? account : null;
  }

  #openKey(): Promise<CryptoKey> {
    return this.#key ??= crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  }
}

/** A ticket may not be read in two ways: the path comes last, behind a name without line breaks. */
function message(
  expiry: Uint8Array,
  { name, revision }: Account,
  path: string,
): Uint8Array<ArrayBuffer> {
  return concatBytes([expiry, encoder.encode(`${revision}\n${name}\n${path}`)]);
}

function encodeExpiry(expiresMs: number): Uint8Array {
  const bytes = new Uint8Array(EXPIRY_BYTES);
  new DataView(bytes.buffer).setFloat64(0, expiresMs);
  return bytes;
}

function decode(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length > LIMITS.ticketCharacters) return null;
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return null;
  }
}

function decodeName(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
