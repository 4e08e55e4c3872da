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

/** How many times the limit a peer may take nothing while the system holds bytes for it. */
const LONGEST_STALL = 10;

/** Whether a peer takes nothing for too long, as {@link isOverdue} says. */
export function isStalled(
  { waitedMs, limitMs }: Omit<PeerWait, "longestMs">,
  takenByMs: number,
  nowMs: number,
): boolean {
  return isOverdue({ waitedMs, limitMs, longestMs: LONGEST_STALL * limitMs }, takenByMs, nowMs);
}
