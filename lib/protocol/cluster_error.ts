/**
 * Why a server cannot be one of a cluster, or not start without one.
 *
 * - `unreachable`: no server of the engine has answered in time, or it does not let this server in.
 * - `no-log`: the engine has no log of the cluster.
 * - `other-cluster`: the data folder belongs to a cluster of another name.
 * - `copied-folder`: the data folder is a copy of that of another server.
 * - `own-history`: the data folder has a history of its own, and the cluster has one, too.
 * - `log-lost`: the engine has lost the log that this server knows.
 * - `log-short`: the log ends before what this server has applied.
 * - `other-log`: the log is another one than the one that this server knows.
 * - `record-lost`: the log has lost a record that this server needs, and no other server gives its state.
 * - `seeded`: the log begins with the state of another server, which this server has to fetch first.
 * - `in-cluster`: the server was started alone, and its data folder belongs to a cluster.
 * - `seed`: the same, after `cluster seed`: a cluster is to begin with its data folder.
 * - `no-folder`: there is no data folder, or its database cannot be used.
 * - `newer`: the log has entries that this program does not know.
 * - `diverged`: this server has applied other entries than the log has.
 */
export type ClusterErrorCode =
  | "unreachable"
  | "no-log"
  | "other-cluster"
  | "copied-folder"
  | "own-history"
  | "log-lost"
  | "log-short"
  | "other-log"
  | "record-lost"
  | "seeded"
  | "in-cluster"
  | "seed"
  | "no-folder"
  | "newer"
  | "diverged";

/** Places of a log. */
export interface LogPlaces {
  /** That of the last record that the server has applied. */
  readonly applied?: number;
  /** That of the last record that the log has. */
  readonly last?: number;
}

/** What a {@link ClusterError} tells besides its code. */
export interface ClusterErrorOptions extends ErrorOptions {
  readonly names?: readonly string[];
  readonly places?: LogPlaces;
}

/** A server cannot be one of a cluster. */
export class ClusterError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "ClusterError";
  /** The names of the clusters that the message names, for texts for people. */
  readonly names: readonly string[];
  /** The places that it is about, for texts for people. */
  readonly places: LogPlaces;

  /** @param code what is the case, for programs */
  constructor(
    readonly code: ClusterErrorCode,
    message: string,
    { names = [], places = {}, ...options }: ClusterErrorOptions = {},
  ) {
    super(message, options);
    this.names = names;
    this.places = places;
  }
}
