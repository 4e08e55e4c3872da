import type { ClusterName, Peer } from "../protocol/peers.ts";

/** A message that the server has accepted. */
export interface SentMessage {
  /** Its number in the room; `null` for a private one, and in protocol 1. */
  readonly seq: number | null;
  /** Milliseconds since 1970, by the server's clock; in protocol 1 by this machine's. */
  readonly time: number;
  /**
   * What the recipient of a private message says while it is away; absent if it is not. Text from a
   * peer: clean it before it is shown.
   */
  readonly away?: string;
  /**
   * Until when the server keeps a private message for its recipient, which does not answer; in
   * milliseconds since 1970. Absent if the recipient has it.
   */
  readonly kept?: number;
}

/** A member of a room, or of the server. */
export interface PresentMember {
  /** The name in the chat. */
  readonly nick: string;
  /** The account, or `null`. */
  readonly user: string | null;
  /** When the client connected, milliseconds since 1970. */
  readonly since: number;
  /** The protocol of its connection. */
  readonly protocol: number;
  /**
   * What the client says while it is away, `null` if it is not. Text from a peer: clean it before it
   * is shown.
   */
  readonly away: string | null;
}

/** A cluster: servers with the same rooms, members and files. */
export interface Cluster extends ClusterName {
  /** The servers that are there, the one of the connection first. Text from a peer. */
  readonly peers: readonly Peer[];
}
