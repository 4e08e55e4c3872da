const BASE32_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Parses a SHA-256 into 64 hexadecimal digits in lower case: from hex, with or without colons, or from
 * 52 digits of base32 (RFC 4648, section 6), in any case. `null` for any other text.
 */
export function parseFingerprint(text: string): string | null {
  const digits = text.trim().replaceAll(":", "").toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  return fromBase32(text.trim().toUpperCase());
}

/** A fingerprint as 52 digits of base32: shorter as a QR code, which has a mode for capital letters. */
export function toBase32(fingerprint: string): string {
  const bits = [...fingerprint].map((digit) => parseInt(digit, 16).toString(2).padStart(4, "0"));
  const groups = bits.join("").match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32_DIGITS[parseInt(group.padEnd(5, "0"), 2)]).join("");
}

function fromBase32(text: string): string | null {
  if (!/^[A-Z2-7]{52}$/.test(text)) return null;
  const groups = [...text].map((digit) =>
    BASE32_DIGITS.indexOf(digit).toString(2).padStart(5, "0")
  );
  const bits = groups.join("");
  if (bits.slice(256) !== "0000") return null; // Mistyped: no encoder writes it
  const nibbles = bits.slice(0, 256).match(/.{4}/g) ?? [];
  return nibbles.map((nibble) => parseInt(nibble, 2).toString(16)).join("");
}
