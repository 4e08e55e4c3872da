import type { Peer } from "../protocol/peers.ts";
import type { TlsTrustOptions } from "./tls_trust.ts";

/**
 * Which keys to trust of another server of the cluster: the known one; else the one that a trusted server has
 * told. Nothing is asked: the user has not named this server.
 *
 * @param options those of the user; absent without TLS, where what a server tells proves nothing
 * @param peer `null` for a server that the user has named
 */
export async function trustPeer(
  options: TlsTrustOptions | undefined,
  peer: Peer | null,
): Promise<TlsTrustOptions | undefined> {
  if (options === undefined || peer === null) return options;
  const { accept: _, ...rest } = options;
  if (peer.fingerprint === null) return rest;
  const { fingerprint: _1, ...others } = rest;
  const known = await options.knownHosts?.find({ hostname: peer.host, port: peer.port }) ?? null;
  return known === null ? { ...others, fingerprint: peer.fingerprint } : others;
}
