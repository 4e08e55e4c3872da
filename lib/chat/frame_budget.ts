import { LIMITS } from "../protocol/limits.ts";
import { utf8Length } from "../protocol/text.ts";

/** Bytes of JSON that a list in an answer may take: the rest of the frame is for what is round it. */
export const LIST_BYTES = LIMITS.controlBytes - 1_024;

/** The first items, as many as fit into an answer. */
export function takeWithinFrame<T>(items: Iterable<T>): T[] {
  const taken: T[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += utf8Length(JSON.stringify(item)) + 1;
    if (bytes > LIST_BYTES) break;
    taken.push(item);
  }
  return taken;
}
