import type { ClusterState } from "./cluster_state.ts";

/** What the checks of the files that a server holds have found: it hashes them again from time to time. */
export interface FileChecks {
  /**
   * When the file was hashed that was hashed longest ago, in milliseconds since 1970; 0 while one waits for its first
   * check, `null` if the server holds no file.
   */
  readonly checkedMs: number | null;
  /** Files whose bytes were wrong, since the start of the server. */
  readonly damagedFiles: number;
  /** Files whose bytes are wrong now. */
  readonly wrongFiles: number;
}

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
  /** `null` if an older server does not tell. */
  readonly checks: FileChecks | null;
}

/** How a server stands to its cluster, in figures. */
export interface ClusterGauges extends FileChecks {
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
  "fetchedBytes" | "scrubbedBytes" | "remoteMembers" | "conflicts" | keyof FileChecks
>;
