import { LIMITS } from "../protocol/limits.ts";
import { utf8Length } from "../protocol/text.ts";

/** Bytes of JSON for a list in an answer; the rest of the frame is for the fields around it. */
export const LIST_BYTES = LIMITS.controlBytes - 1_024;

/** Returns the first items, as many as fit into an answer beside `field`, another field of it. */
export function truncateToFrame<T>(items: Iterable<T>, field: unknown = null): T[] {
  const fitting: T[] = [];
  let bytes = utf8Length(JSON.stringify(field));
  for (const item of items) {
    bytes += utf8Length(JSON.stringify(item)) + 1;
    if (bytes > LIST_BYTES) break;
    fitting.push(item);
  }
  return fitting;
}
