import { cleanLine, type DisplayText, splitText } from "../protocol/text.ts";

/** What a server tells the local network of itself, beside its address: the strings of its TXT record. */
export interface ServiceText {
  /** Safe for a terminal, on one line; 63 bytes at the most. May be empty. */
  readonly name: DisplayText;
  readonly tls: boolean;
  /** SHA-256 of its key in hex, as it claims; `null` without TLS. */
  readonly fingerprint: string | null;
  /** Whether it requires a login. */
  readonly login: boolean;
}

const VERSION = "1";
/** As many as a label of the DNS has. */
const NAME_BYTES = 63;
const FINGERPRINT = /^[0-9a-f]{64}$/;

/** The strings of the TXT record (RFC 6763, section 6), by key: about 150 bytes. */
export function encodeServiceText(
  { name, tls, fingerprint, login }: Omit<ServiceText, "name"> & { readonly name: string },
): Record<string, string> {
  return {
    v: VERSION,
    name: shortName(name),
    ...(tls && { tls: "1" }),
    ...(fingerprint !== null && { fp: fingerprint }),
    ...(login && { login: "1" }),
  };
}

/**
 * Reads the strings of a TXT record. Keys are in any case, the first of a key counts, and unknown ones
 * are skipped.
 *
 * @returns `null` for another version, or for TLS without a fingerprint and the reverse
 */
export function decodeServiceText(strings: readonly Uint8Array[]): ServiceText | null {
  const values = new Map<string, string>();
  for (const bytes of strings) {
    const [key = "", ...rest] = new TextDecoder().decode(bytes).split("=");
    const name = key.toLowerCase();
    if (!values.has(name)) values.set(name, rest.join("="));
  }
  const fingerprint = values.get("fp") ?? null;
  const tls = values.get("tls") === "1";
  if (values.get("v") !== VERSION || tls !== (fingerprint !== null)) return null;
  if (fingerprint !== null && !FINGERPRINT.test(fingerprint)) return null;
  const name = shortName(values.get("name") ?? "");
  return { name, tls, fingerprint, login: values.get("login") === "1" };
}

/** Cut at a character. */
function shortName(name: string): DisplayText {
  const [first = ""] = splitText(cleanLine(name).trim(), NAME_BYTES);
  return cleanLine(first);
}
