import { JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { EngineError } from "./engine.ts";

/** How long a question to NATS may take. */
export const ANSWER_MS = 3_000;

/** The code of an error of JetStream: the name of a new stream is in use. */
export const NAME_IN_USE = 10058;
/** NATS is a single server. */
export const NO_CLUSTER = 10074;
/** There is no such stream. */
export const NO_STREAM = 10059;
/** No room for a stream in memory or on disk. Where a machine is missing (10005), it may come. */
const NO_ROOM: readonly number[] = [10023, 10028, 10047];

/** The code of an error of JetStream; `null` for another error. */
export function codeOf(error: unknown): number | null {
  return error instanceof JetStreamApiError ? error.code : null;
}

/** The error for an answer that does not count. */
export function noLeader(why: string): EngineError {
  return new EngineError("no-leader", `Cannot read the log: ${why}`);
}

/** The error for a log of so many bytes that cannot be made. */
export function createError(cause: unknown, maxBytes: number): EngineError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (!NO_ROOM.includes(codeOf(cause) ?? 0)) {
    return new EngineError("no-leader", `Cannot make the log: ${text}`, { cause });
  }
  // NATS takes three quarters of what is free on its disk, unless it is told
  const room = `NATS has no room for its ${Math.ceil(maxBytes / 1024 ** 3)} GiB (max_file_store)`;
  return new EngineError("too-small", `Cannot make the log: ${room}: ${text}`, { cause });
}

/** What {@link leaderBy} tells of a stream without a leader. */
export const NO_LEADER = "";

/**
 * The leader of a stream as the server of NATS at the end of a connection knows it; {@link NO_LEADER} where there is
 * none, or no such stream. @throws if nothing is answered
 */
export async function leaderBy(connection: NatsConnection, stream: string): Promise<string> {
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_MS });
  try {
    const { cluster } = await manager.streams.info(stream);
    return cluster?.leader ?? NO_LEADER;
  } catch (error) {
    if (codeOf(error) === NO_STREAM) return NO_LEADER;
    throw error;
  }
}
