import type { ClusterName, Peer } from "../protocol/peers.ts";

/** The cluster of a server, as its sessions see it. */
export interface ClusterView extends ClusterName {
  /** The id of this server: the tokens of its sessions begin with it. */
  readonly server: string;
  /** Where clients reach this server, and then those that are in step: as many as HELO names. */
  readonly peers: readonly Peer[];
  /** Where clients reach the servers of the cluster, this one and those that are not there now included. */
  readonly members: readonly Peer[];
  /** Calls `listener` when `peers` has changed. Disposal ends that. */
  onPeers(listener: () => void): Disposable;
  /**
   * Ends a session whose client has come to this server, wherever it is: its nick is free then. Resolves
   * when that is so, or its server is gone; at the latest after a few seconds. Never rejects.
   *
   * @param session the token of the session, from the client: it may be any text
   */
  release(session: string): Promise<void>;
  /** Calls `end` with each session of this server that another one asks to release. */
  onRelease(end: (session: string) => void): Disposable;
  /**
   * Calls `endAll` when the others have taken this server for gone while it was frozen: clients have gone on
   * elsewhere, and say there again what this server has not read yet.
   */
  onThaw(endAll: () => void): Disposable;
}
