import { LIMITS } from "../../protocol/limits.ts";
import type { FramedConnection } from "../../stream/framed_connection.ts";
import { isOverdue, isStalled } from "../../stream/frames/is_overdue.ts";
import type { DisconnectReason } from "../config/events.ts";
import type { ServerSettings } from "../config/options.ts";
import type { ProtocolHandler } from "./protocol_handler.ts";

/** How many times the limit a client may be silent while the system holds bytes for it: PING waits behind these. */
const LONGEST_SILENCE = 3;

/** The state of a session that its deadlines depend on. */
export interface DeadlineState {
  readonly connection: FramedConnection;
  readonly handler: ProtocolHandler;
  /** Whether the client has logged in, or need not. */
  readonly isAdmitted: boolean;
  /** Whether HELO must come first, and has not come yet. */
  readonly mustGreet: boolean;
  /** When the session began, milliseconds since 1970. */
  readonly sinceMs: number;
  readonly limits: ServerSettings["limits"];
}

/**
 * The reason to close a session whose client is too slow: to complete a frame, to read its queued
 * bytes, to show a sign of life, or to log in. `null` if no deadline has passed.
 *
 * @param nowMs a reading of `performance.now()`
 */
export function overdueReason(state: DeadlineState, nowMs: number): DisconnectReason | null {
  const { connection, handler, isAdmitted, mustGreet, sinceMs, limits } = state;
  const {
    stalledMs = LIMITS.stalledMs,
    stalledBulkMs = LIMITS.stalledBulkMs,
    silenceMs = LIMITS.silenceMs,
    loginMs = LIMITS.loginMs,
  } = limits;
  if (connection.reader.isOverdue(nowMs)) return "too-slow";
  if (mustGreet && Date.now() - sinceMs > LIMITS.webGreetingMs) return "too-slow";
  const { writer } = connection;
  const stall = writer.stall(nowMs);
  if (stall !== null) {
    const { waitedMs, onlyBulk } = stall;
    const limitMs = onlyBulk ? stalledBulkMs : stalledMs;
    if (isStalled({ waitedMs, limitMs }, writer.takenByMs, nowMs)) return "slow-consumer";
  }
  if (handler.answersPing) {
    const waitedMs = silentMs(connection, handler, nowMs);
    const longestMs = LONGEST_SILENCE * silenceMs;
    const wait = { waitedMs, limitMs: silenceMs, longestMs };
    if (isOverdue(wait, writer.takenByMs, nowMs)) return "silent";
  }
  const isLoginOverdue = !isAdmitted && Date.now() - sinceMs > loginMs;
  return isLoginOverdue && handler.isIdleBeforeLogin ? "unauthenticated" : null;
}

/**
 * For how long the client has shown no sign of life, in milliseconds. A client whose input is
 * blocked by its own requests counts as silent, too.
 */
export function silentMs(
  { reader }: FramedConnection,
  { stuckSinceMs }: ProtocolHandler,
  nowMs: number,
): number {
  const stuckMs = stuckSinceMs === null ? 0 : nowMs - stuckSinceMs;
  return Math.max(reader.silentMs(nowMs), stuckMs);
}
