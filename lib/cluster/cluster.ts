import type { FileChecks } from "../protocol/cluster_gauges.ts";
import type { ClusterLog } from "./cluster_log.ts";
import type { Bus } from "./engine.ts";
import type { ServerAddress } from "./entry.ts";

/** What a server tells of itself in each heartbeat. */
export interface Beat extends ServerAddress {
  readonly incarnation: string;
  /** The place of the last record that it has applied, … */
  readonly applied: number;
  /** … and its chain there, as 16 hex digits. */
  readonly chain: string;
  /** The clients of this server. */
  readonly clients: number;
  /** Free bytes of the disk with its served folder; `null` if that is not known. */
  readonly freeBytes: number | null;
  /** What the checks of its files have found; `null` if it does not tell. */
  readonly checks: FileChecks | null;
  /** Its clock, in milliseconds since 1970; `null` if it does not tell. */
  readonly time: number | null;
  /** Why it does not apply the log, and takes no messages; `null` if it does. */
  readonly stop: string | null;
}

/** The other servers that are alive, by their heartbeats. */
export interface LiveServers {
  /** Whether this server was frozen a moment ago. */
  readonly isThawing: boolean;
  /** The last heartbeat of each, without this server, in the order of their ids. */
  list(): readonly Beat[];
  /**
   * Calls `listener` after a server has come, gone, or has another incarnation or address, has stopped
   * applying the log, or applies it again.
   */
  onChange(listener: () => void): Disposable;
  /** Calls `listener` with each heartbeat of another server. */
  onBeat(listener: (beat: Beat) => void): Disposable;
}

/** The cluster that a server is in, for the parts of the server that use it. */
export interface Cluster {
  readonly name: string;
  /** The id of the data folder: 8 letters of base32. */
  readonly serverId: string;
  readonly log: ClusterLog;
  readonly bus: Bus;
  readonly beats: LiveServers;
}

/** A subject of the bus: `tc.<name>.<what>`. */
export function subjectOf({ name }: Pick<Cluster, "name">, what: string): string {
  return `tc.${name}.${what}`;
}

/** The subject of requests to one run of a server. */
export function requestSubject(
  cluster: Pick<Cluster, "name">,
  incarnation: string,
  what: string,
): string {
  return subjectOf(cluster, `srv.${incarnation}.${what}`);
}
