/** A wait for a peer, in milliseconds. */
export interface PeerWait {
  /** How long it has lasted. */
  readonly waitedMs: number;
  /** The limit for a peer for which the system holds nothing. */
  readonly limitMs: number;
  /** The limit in any case. */
  readonly longestMs: number;
}

/**
 * Whether a wait is over its limit, and a peer of the slowest pace would have taken all that the
 * system holds for it.
 *
 * @param takenByMs {@link FrameWriter.takenByMs}
 * @param nowMs a reading of `performance.now()`
 */
export function isOverdue(
  { waitedMs, limitMs, longestMs }: PeerWait,
  takenByMs: number,
  nowMs: number,
): boolean {
  if (waitedMs <= limitMs) return false;
  return waitedMs > longestMs || nowMs > takenByMs;
}
