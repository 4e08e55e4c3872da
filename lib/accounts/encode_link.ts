import type { JsonObject } from "../protocol/json.ts";
import { type Link, linkEnd } from "./link.ts";

/** A link as its creator sees it (section 3.10 of the protocol). */
export function encodeLink(link: Link, nowMs: number = Date.now()): JsonObject {
  const { id, kind, path, creator, createdMs, expiresMs, count, left, note } = link;
  const end = linkEnd(link, nowMs);
  return {
    link: id,
    kind,
    path,
    created: createdMs,
    expires: expiresMs,
    ...(creator !== null && { user: creator.name }),
    ...(count !== null && { count, left }),
    ...(link.sizeBytes !== null && { size: link.sizeBytes, sizeLeft: link.bytesLeft }),
    ...(note !== null && { note }),
    ...(end !== null && { ended: end }),
  };
}
