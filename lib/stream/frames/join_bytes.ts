import { concatBytes } from "../../protocol/frames.ts";

/** Joins buffers; a single buffer is not copied. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : concatBytes(parts);
}
