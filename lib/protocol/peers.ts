import type { Fields } from "./json.ts";
import { LIMITS } from "./limits.ts";

/** A server of a cluster, where clients reach it. */
export interface Peer {
  /** A host name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** The port, 1 to 65535. */
  readonly port: number;
  /** SHA-256 of its public key, in hex; `null` where it does not say. */
  readonly fingerprint: string | null;
}

/** The cluster of a server: several servers with the same rooms, members and files. */
export interface ClusterName {
  /** The name of the cluster. */
  readonly name: string;
  /** Names the numbering of the messages: as long as it is the same, a lower number is a lag. */
  readonly history: string;
}

/** No character that separates hosts or is in no name and address, and none that a terminal must not see. */
const HOST = /^[^\s\p{C}/@,]+$/u;

/** Reads `peers`: those of the first {@link LIMITS.clusterPeers} that have a host; none if it is absent. */
export function decodePeers(fields: Fields): Peer[] {
  if (!fields.has("peers")) return [];
  const peers = fields.objects("peers").slice(0, LIMITS.clusterPeers);
  return peers.map(decodePeer).filter(({ host }) => isHost(host));
}

/** Writes `peers` as {@link decodePeers} reads it. */
export function encodePeers(peers: readonly Peer[]): Record<string, unknown>[] {
  return peers.slice(0, LIMITS.clusterPeers).map(({ host, port, fingerprint }) => ({
    host,
    port,
    ...(fingerprint !== null && { fingerprint }),
  }));
}

/** Reads `cluster`; `null` if it is absent. @throws {RequestError} */
export function decodeCluster(fields: Fields): ClusterName | null {
  if (!fields.has("cluster")) return null;
  const cluster = fields.object("cluster");
  return { name: cluster.text("name"), history: cluster.text("history") };
}

function decodePeer(peer: Fields): Peer {
  return {
    host: peer.text("host"),
    port: peer.integer("port", { minimum: 1, maximum: 65_535 }),
    fingerprint: peer.optionalSha256("fingerprint"),
  };
}

function isHost(host: string): boolean {
  return host.length <= LIMITS.hostCharacters && HOST.test(host);
}
