import { sha256 } from "@noble/hashes/sha2.js";

/** The SHA-256 of a short text, in hex. */
export function digestText(text: string): string {
  return sha256(new TextEncoder().encode(text)).toHex();
}
