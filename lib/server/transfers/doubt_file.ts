import { CONTENT_LIMITS } from "../../protocol/content_limits.ts";
import type { SessionContext } from "../context/session_context.ts";
import { findReadable } from "./find_readable.ts";

/**
 * Has a file hashed again soon whose bytes a client has found wrong: in a cluster by the checks of its copies, which
 * get it anew. Only a file is read that the client may still read, and not again and again. Never rejects.
 */
export async function doubtFile(context: SessionContext, path: string): Promise<void> {
  const { services: { catalogue, contents, doubts }, identity } = context;
  if (identity.link !== null) return; // Each look would count as a use of the link
  try {
    const file = await findReadable(context, "FGET", path);
    if (catalogue === null) return doubts.check(path, file);
    const { sha256, isElsewhere, stamp: { sizeBytes } } = file;
    if (sha256 === undefined) return;
    catalogue.held.doubt(sha256, Date.now() - CONTENT_LIMITS.clientDoubtMs);
    if (isElsewhere) await contents?.forget({ sha256, sizeBytes });
  } catch {
    // It is gone, or closed by now
  }
}
