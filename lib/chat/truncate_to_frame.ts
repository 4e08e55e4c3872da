import { LIMITS } from "../protocol/limits.ts";
import { countUtf8 } from "../protocol/count_utf8.ts";

/** Bytes of JSON for a list in an answer; the rest of the frame is for the fields around it. */
export const LIST_BYTES = LIMITS.controlBytes - 1_024;

/** Returns the first items, as many as fit into an answer beside `field`, another field of it. */
export function truncateToFrame<T>(items: Iterable<T>, field: unknown = null): T[] {
  const fitting: T[] = [];
  let bytes = countUtf8(JSON.stringify(field));
  for (const item of items) {
    bytes += countUtf8(JSON.stringify(item)) + 1;
    if (bytes > LIST_BYTES) break;
    fitting.push(item);
  }
  return fitting;
}
