import { digestText } from "../files/digest_text.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { concatBytes } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { EntryOf } from "./entry.ts";

/** Bytes of a part: in base64, and with what is around it, an entry. */
const PART_BYTES = 90_000;
/** Parts of the longest rules. */
export const MAX_RULE_PARTS: number = Math.ceil(LIMITS.ruleFileBytes / PART_BYTES);

/** The entries that make a text the rules of a log: several where it is too long for one. */
export function splitRules(text: string): readonly (EntryOf<"rules"> | EntryOf<"rulepart">)[] {
  const encoder = new TextEncoder();
  const bytes = encoder.encode(text);
  const whole = { kind: "rules", text } as const;
  // A line takes more there than in the file
  const isShort = encoder.encode(JSON.stringify(whole)).length <= CLUSTER_LIMITS.entryBytes;
  if (isShort) return [whole];
  const sha256 = digestText(text);
  const parts = Math.ceil(bytes.length / PART_BYTES);
  return Array.from({ length: parts }, (_, part) => {
    const piece = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    return { kind: "rulepart", sha256, part, parts, text: piece.toBase64() };
  });
}

/** The inverse of {@link splitRules}, from the texts of all parts; `null` if they are no rules. */
export function joinRules(parts: readonly string[]): string | null {
  try {
    const bytes = concatBytes(parts.map((part) => Uint8Array.fromBase64(part)));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
