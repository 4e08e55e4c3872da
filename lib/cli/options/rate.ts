import { PACE_LIMITS } from "../../protocol/limits.ts";
import { parseSize } from "./size.ts";

/** The lowest rate that can be set, as people write it. */
export const LEAST_RATE = "16KiB";

/**
 * Reads a rate of file data as people write it: `2M` or `500KiB` a second, `off` or `0` for no limit.
 *
 * @returns bytes a second, `null` for no limit, and `undefined` if it is none, or less than 16 KiB
 */
export function parseRate(text: string): number | null | undefined {
  const word = text.trim().replace(/\/s$/i, "");
  const bytes = word.toLowerCase() === "off" ? 0 : parseSize(word);
  if (bytes === 0) return null;
  return bytes === null || bytes < PACE_LIMITS.bytesPerSecond ? undefined : bytes;
}
