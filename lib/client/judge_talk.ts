import { found } from "../protocol/check.ts";
import {
  ConnectionError,
  type ConnectionErrorCode,
  ProtocolError,
  RequestError,
} from "../protocol/errors.ts";
import type { ServerHello } from "../protocol/hello.ts";
import type { ClientFound, Finding } from "./findings.ts";

/** A clock that is further off is told of: logs and dates of files do not fit any more. */
const CLOCK_OFF_MS = 60_000;
/** A chat with later answers feels slow. */
const SLOW_ANSWER_MS = 200;
/** The largest packet of any usual network: what is larger and does not arrive is no matter of packets. */
const LARGEST_PACKET = 9_000;
/** Pauses of a download that happen by chance. */
const USUAL_PAUSES = 2;

/** What the errors of a connection mean. Others are `server-closed`. */
const ERROR_FINDINGS: Partial<Readonly<Record<ConnectionErrorCode, Finding>>> = {
  "tls-needed": "tls-needed",
  "tls-unexpected": "tls-unspoken",
  "handshake": "tls-failed",
  "certificate-changed": "tls-changed",
  "certificate-unusable": "tls-unusable",
  "certificate-expired": "tls-expired",
  "certificate-not-yet-valid": "tls-early",
  "other-service": "server-other",
  "rejected": "server-rejected",
  "timeout": "server-silent",
};

/**
 * What an error of a connection that was being opened means.
 *
 * @throws the error, if it is not one of connecting
 */
export function judgeError(error: unknown): ClientFound {
  if (error instanceof ProtocolError) return found("server-broken", {}, error);
  if (error instanceof RequestError) return found("server-broken", {}, error);
  if (!(error instanceof ConnectionError)) throw error;
  const { details } = error;
  return found(ERROR_FINDINGS[error.code] ?? "server-closed", { ...details }, error);
}

/** What the server says of itself. */
export function judgeHello({ agent, features }: ServerHello): ClientFound {
  return found("server-found", { agent, features });
}

/**
 * The server's clock beside this one's.
 *
 * @param theirMs what its HELO says, or `null`
 * @param ourMs when that HELO came
 * @param tripMs how long HELO and its answer took
 */
export function judgeClock(theirMs: number | null, ourMs: number, tripMs: number): ClientFound {
  if (theirMs === null) return found("clock-unknown");
  const aheadMs = Math.round(theirMs + tripMs / 2 - ourMs);
  const seconds = Math.round(Math.abs(aheadMs) / 100) / 10;
  const side = aheadMs < 0 ? "behind" : "ahead";
  return found(Math.abs(aheadMs) > CLOCK_OFF_MS ? "clock-off" : "clock-same", { seconds, side });
}

/** The times of answers, in milliseconds. */
export function judgeAnswers(times: readonly number[]): ClientFound {
  if (times.length === 0) return found("answers-none");
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  const round = (ms: number) => Math.round(ms * 10) / 10;
  const [half, most] = [round(at(0.5)), round(at(0.99))];
  const finding = most > SLOW_ANSWER_MS ? "answers-slow" : "answers-quick";
  return found(finding, { half, most, count: times.length });
}

/**
 * Which sizes of messages get through.
 *
 * @param passed the largest that did; 0 for none
 * @param stuck the smallest that did not; `null` for none
 */
export function judgePackets(passed: number, stuck: number | null): ClientFound {
  if (stuck === null) return found("packets-pass", { bytes: passed });
  return found(stuck > LARGEST_PACKET ? "packets-slow" : "packets-vanish", { passed, stuck });
}

/** What a measurement of speed found, in bytes per second. @param down `null` if nothing was fetched */
export function judgeSpeed(
  up: number,
  down: { readonly bytesPerSecond: number; readonly pauses: number } | null,
): ClientFound {
  if (down === null) return found("speed-up", { up });
  const { bytesPerSecond, pauses } = down;
  const finding = pauses > USUAL_PAUSES ? "speed-halting" : "speed-measured";
  return found(finding, { up, down: bytesPerSecond, pauses });
}
