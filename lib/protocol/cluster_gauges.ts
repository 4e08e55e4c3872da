import type { ClusterState } from "./cluster_state.ts";

/** Another server of the cluster, by its last heartbeat. */
export interface ClusterPeer {
  /** The id of its data folder. */
  readonly server: string;
  /** Where clients reach it: its host … */
  readonly host: string;
  /** … and its port. */
  readonly port: number;
  /** The place of the last record of the log that it has applied. */
  readonly applied: number;
  /** How many clients it has. */
  readonly clients: number;
  /** Free bytes of the disk with its served folder; `null` if that is not known. */
  readonly freeBytes: number | null;
}

/** How a server stands to its cluster, in figures. */
export interface ClusterGauges {
  /** The name of the cluster. */
  readonly name: string;
  /** The id of this server's data folder. */
  readonly server: string;
  /** Whether it is in step, and if not, why. */
  readonly state: ClusterState;
  /** The place of the last record of the log that is applied here. */
  readonly applied: number;
  /** The other servers that are alive. */
  readonly peers: readonly ClusterPeer[];
  /** Entries of this server that the log has not got, or that have not come back yet. */
  readonly waiting: number;
  /** Records of this server that were applied here, … */
  readonly records: number;
  /** … the entries in them, … */
  readonly entries: number;
  /** … and how long they were on their way, all together. */
  readonly appendSeconds: number;
  /** How often the others have taken this server for gone while it ran. */
  readonly restarts: number;
  /** Copies of files that are missing, on all servers together; `null` while that is not known. */
  readonly copiesMissing: number | null;
  /** Bytes of files that came from other servers. */
  readonly fetchedBytes: number;
  /** Bytes of files that were hashed again, whether they are still right. */
  readonly scrubbedBytes: number;
  /** Files that were not. */
  readonly damagedFiles: number;
  /** Members that are connected to other servers. */
  readonly remoteMembers: number;
  /** How far the clock of another server is from that of this one, at the most. */
  readonly clockSkewSeconds: number;
  /** Paths at which the served folder has another file than the cluster. */
  readonly conflicts: number;
}

/** The figures of a cluster that are not those of its log: of members and of files. */
export type ContentGauges = Pick<
  ClusterGauges,
  "fetchedBytes" | "scrubbedBytes" | "damagedFiles" | "remoteMembers" | "conflicts"
>;
