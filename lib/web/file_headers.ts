import { listOf } from "./request_head.ts";

/** The characters that RFC 8187 lets stand in `filename*` as they are. */
const PLAIN = /[^A-Za-z0-9!#$&+.^_`|~-]/g;

/**
 * Content-Disposition that makes a browser save a file under its name, and never show it (RFC 6266):
 * a form for all, where other characters than those of ASCII are `_`, and the exact one.
 */
export function attachmentOf(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(/[!'()*]/g, percentOf);
  const exact = encoded.replaceAll("%", "\0").replace(
    PLAIN,
    (char) => char === "\0" ? "%" : percentOf(char),
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${exact}`;
}

function percentOf(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Repr-Digest (RFC 9530). @param sha256 in hex */
export function digestOf(sha256: string): string {
  return `sha-256=:${Uint8Array.fromHex(sha256).toBase64()}:`;
}

/** Whether Want-Repr-Digest asks for SHA-256, with a preference other than 0. */
export function wantsDigest(value: string | undefined): boolean {
  return listOf(value).some((each) => /^sha-256=([1-9]|10)$/.test(each.replace(/\s/g, "")));
}
