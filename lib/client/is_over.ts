import { RequestError } from "../protocol/errors.ts";

/** A client that is sent on does not leave the next server for the same reason before this time. */
const LASTING_MS = 5_000;

/**
 * Whether a request has failed because the server takes nothing more from this client: it stops, is out of step with
 * the others of its cluster, or does not know what came of the request.
 *
 * @param sinceMs when the connection was made, a reading of `performance.now()`
 * @param isCounted whether the caller gives up by itself where all servers are out of step
 */
export function isOver(error: unknown, sinceMs: number, isCounted = false): boolean {
  const { reason = null, code = null } = error instanceof RequestError ? error : {};
  // Where all servers are out of step, the client stays
  const isLasting = isCounted || performance.now() - sinceMs >= LASTING_MS;
  return code === "shutting-down" || reason === "outcome-unknown" ||
    (reason === "cluster-halted" && isLasting);
}
