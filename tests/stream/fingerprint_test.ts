import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseFingerprint, toBase32 } from "../../lib/stream/fingerprint.ts";

Deno.test("parseFingerprint: accepts colons, both cases and surrounding space", () => {
  const hex = "0123456789abcdef".repeat(4);
  const colons = hex.toUpperCase().match(/../g)!.join(":");
  for (const text of [hex, hex.toUpperCase(), colons, ` ${hex}\n`]) {
    assertEquals(parseFingerprint(text), hex);
  }
  for (const text of ["", hex.slice(1), `${hex}0`, `x${hex.slice(1)}`]) {
    assertEquals(parseFingerprint(text), null);
  }
});

Deno.test("toBase32: writes the digits of RFC 4648, which parseFingerprint reads in both cases", () => {
  // The first bytes as in section 10 of the RFC: "foobar" is MZXW6YTBOI
  assertEquals(toBase32(`666f6f626172${"0".repeat(52)}`), `MZXW6YTBOI${"A".repeat(42)}`);
  fc.assert(fc.property(fc.stringMatching(/^[0-9a-f]{64}$/), (hex) => {
    const text = toBase32(hex);
    assertEquals(text.length, 52);
    assertEquals(parseFingerprint(text), hex);
    assertEquals(parseFingerprint(text.toLowerCase()), hex);
  }));
});

Deno.test("parseFingerprint: refuses base32 that no encoder writes", () => {
  const text = toBase32("0".repeat(64));
  for (const wrong of [`${text.slice(1)}B`, text.slice(1), `${text}A`, text.replace("A", "1")]) {
    assertEquals(parseFingerprint(wrong), null, wrong);
  }
});
