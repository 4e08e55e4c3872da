import { assertEquals } from "@std/assert";
import { parseSize } from "../../lib/cli/options/size.ts";

const SIZES: Record<string, number> = {
  "0": 0,
  "1": 1,
  "500000": 500_000,
  "007": 7,
  "10b": 10,
  "10B": 10,
  "10k": 10_000,
  "10K": 10_000,
  "10kB": 10_000,
  "10KiB": 10_240,
  "10Ki": 10_240,
  "10M": 10_000_000,
  "10MB": 10_000_000,
  "2GiB": 2 ** 31,
  "2gib": 2 ** 31,
  "1.5g": 1_500_000_000,
  "1.5KiB": 1_536,
  "0.5k": 500,
  "3T": 3e12,
  "3TiB": 3 * 2 ** 40,
  "  10 M ": 10_000_000,
  "9007199254740991": Number.MAX_SAFE_INTEGER,
  "9007T": 9.007e15,
};

const INVALID = [
  ...["", " ", "M", "MB", "b", "10X", "10P", "10PB", "10i", "10iB", "10bb", "10Bi", "10mm", "k10"],
  ...["-1", "+1", "-1M", "1e3", "0x10", "1,5M", "1.M", ".5M", "1.5.5M", "1 000", "10M 5k", "∞"],
  ...["NaN", "Infinity", "ten", "١٠", "10\u00a0M\u0000"],
  // Beyond MAX_SAFE_INTEGER
  ...["9007199254740992", "9008T", "8192TiB", "99999999999999999999", "1".repeat(400)],
];

for (const [text, bytes] of Object.entries(SIZES)) {
  Deno.test(`parseSize: reads ${JSON.stringify(text)} as ${bytes} bytes`, () => {
    assertEquals(parseSize(text), bytes);
  });
}

Deno.test("parseSize: returns null for any other text", () => {
  for (const text of INVALID) assertEquals(parseSize(text), null, JSON.stringify(text));
});
