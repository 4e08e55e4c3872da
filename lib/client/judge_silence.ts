import { LIMITS } from "../protocol/limits.ts";
import type { FramedConnection } from "../stream/framed_connection.ts";
import { isOverdue } from "../stream/frames/is_overdue.ts";
import type { ClientProtocol } from "./client_protocol.ts";

/** How many times the usual limit a server may be silent while the system holds an upload for it. */
const LONGEST_SILENCE = 3;

/** What the silence of a server means. */
export interface Silence {
  /** How long it is, … */
  readonly waitedMs: number;
  /** … and may be. */
  readonly limitMs: number;
  /** Whether a sign of life is to be asked for. */
  readonly isLong: boolean;
  /** Whether the server is to be given up. */
  readonly isOver: boolean;
}

/** What tells how long a server has been silent. */
export interface HeardServer {
  readonly reader: Pick<FramedConnection["reader"], "silentMs">;
  readonly writer: Pick<FramedConnection["writer"], "takenByMs">;
}

/** The limit of a user, or `null` for that of the protocol; and readings of `performance.now()`. */
export type SilenceTimes = readonly [
  limitMs: number | null,
  /** When the last frame was handled. */
  lastMs: number,
  /** When PING was last sent; `-Infinity` for never. */
  pingedMs: number,
  nowMs: number,
];

/**
 * Judges how long a server has been silent. One of protocol 2 has had half of its time to answer PING before
 * it is given up: this process may have stood still meanwhile.
 */
export function judgeSilence(
  { reader, writer }: HeardServer,
  handler: Pick<ClientProtocol, "version" | "awaitsAnswer" | "silenceMs"> | null,
  [limit, lastMs, pingedMs, nowMs]: SilenceTimes,
): Silence {
  const isProtocol2 = handler?.version === 2;
  const limitMs = limit ?? handler?.silenceMs ?? LIMITS.silenceMs;
  const longestMs = LONGEST_SILENCE * (limit ?? Math.max(limitMs, LIMITS.silenceMs));
  const silentMs = isProtocol2 ? reader.silentMs(nowMs) : nowMs - lastMs;
  const wait = { waitedMs: silentMs, limitMs, longestMs };
  const askedMs = nowMs - pingedMs;
  const isAsked = isProtocol2
    ? askedMs <= silentMs && askedMs >= limitMs / 2
    : handler?.awaitsAnswer === true;
  return {
    ...wait,
    isLong: isProtocol2 && silentMs > Math.min(LIMITS.pingAfterMs, limitMs / 3),
    isOver: isAsked && isOverdue(wait, writer.takenByMs, nowMs),
  };
}
