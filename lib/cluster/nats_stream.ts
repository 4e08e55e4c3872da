import type { StreamInfo } from "@nats-io/jetstream";
import { EngineError, type LogExtent } from "./engine.ts";

/** The names of a cluster in NATS. */
export interface NatsNames {
  /** The stream that is the log. */
  readonly stream: string;
  /** Records are published to it. */
  readonly log: string;
  /** The stream publishes to it what it has stored. */
  readonly live: string;
}

/** The names of a cluster; its subjects begin with `tc.<name>.`. */
export function natsNames(name: string): NatsNames {
  return { stream: `TC_${name}_LOG`, log: `tc.${name}.log`, live: `tc.${name}.live` };
}

/** The size of a log in bytes above which its oldest records go. */
export const LOG_BYTES = 4 * 1024 ** 3;

/** A record may have twice the size that one has at most today. */
const RECORD_BYTES = 512 * 1024;
const DAY_NANOS = 24 * 60 * 60 * 1e9;

/** How many machines keep the log. */
export type Replicas = 1 | 3;

/** The configuration of a new stream for the log of a cluster. */
export function logConfig(names: NatsNames, epoch: string, replicas: Replicas, maxBytes: number) {
  const { stream, log, live } = names;
  return {
    name: stream,
    subjects: [log],
    storage: "file" as const,
    num_replicas: replicas,
    retention: "limits" as const,
    discard: "old" as const,
    max_age: 7 * DAY_NANOS,
    max_bytes: maxBytes,
    max_msg_size: RECORD_BYTES,
    deny_delete: true,
    deny_purge: true,
    allow_direct: false,
    republish: { src: log, dest: live },
    description: `tcp-chat log 1, epoch ${epoch}`,
  };
}

/** What {@link readExtent} uses of a stream. */
interface StreamLike {
  readonly config: { readonly description?: string };
  readonly state: { readonly first_seq: number; readonly last_seq: number };
}

/**
 * Where the log in a stream begins and ends.
 *
 * @throws {EngineError} `no-log` if tcp-chat has not made the stream
 */
export function readExtent({ config, state }: StreamLike): LogExtent {
  const epoch = /^tcp-chat log 1, epoch ([0-9a-f]{32})$/.exec(config.description ?? "")?.[1];
  if (epoch === undefined) {
    throw new EngineError("no-log", "Cannot read the log: its stream was not made by tcp-chat");
  }
  const last = state.last_seq;
  // NATS tells 0 for the first place of a stream that never had a record
  return { epoch, first: Math.max(1, Math.min(state.first_seq, last + 1)), last };
}

/** A leader hears from its followers each second. */
const HEARD_NANOS = 2.5e9;

/**
 * Whether the leader of a stream has heard from a majority a moment ago. One that is cut off goes on as the leader for
 * a while, also for a moment after the others have another one and it is back: its last records the log may not have.
 */
export function hasMajority({ config, cluster }: Pick<StreamInfo, "config" | "cluster">): boolean {
  const heard = (cluster?.replicas ?? []).filter(({ active, offline }) =>
    offline !== true && active < HEARD_NANOS
  );
  return 1 + heard.length > config.num_replicas / 2;
}
