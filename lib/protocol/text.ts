import { LIMITS } from "./limits.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

// C0 but newline and tab, DEL, C1
// deno-lint-ignore no-control-regex -- control characters are what it looks for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// Explicit direction marks, embeddings, overrides and isolates (UAX #9), line and paragraph
// separators: they can make a terminal show something else than what was written
const DIRECTION = /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Chat text from a protocol 1 peer as section 7 of the protocol wants it: invalid UTF-8 becomes
 * U+FFFD, control characters but newline and tab are removed.
 */
export function decodeChatText(payload: Uint8Array): string {
  return decoder.decode(payload).replace(/\r\n?/g, "\n").replace(CONTROLS, "");
}

/** Text from a peer, safe for a terminal: may hold newlines and tabs, but nothing that steers. */
export function cleanText(text: string): string {
  return text.replace(CONTROLS, "").replace(DIRECTION, "");
}

/** The same on one line: newlines and tabs become spaces. For names, log lines and titles. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/[\n\t]+/g, " ");
}

/** Cuts text into pieces of at most `maxBytes` of UTF-8, never inside a character. */
export function splitText(text: string, maxBytes: number = LIMITS.messageBytes): string[] {
  const bytes = encoder.encode(text);
  if (bytes.length <= maxBytes) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + maxBytes, bytes.length);
    while (end < bytes.length && isContinuation(bytes[end])) end--;
    pieces.push(decoder.decode(bytes.subarray(start, end)));
    start = end;
  }
  return pieces;
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
