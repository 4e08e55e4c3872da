import { readLocalNetworks } from "../../files/local_addresses.ts";
import { hostNames, loadOwnCertificate, readCertificate } from "../../files/server_certificate.ts";
import { findServerId } from "../../files/server_id.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Peer } from "../../protocol/peers.ts";
import type { ClusterOptions } from "../../server/config/cluster_options.ts";
import { DEFAULT_PORT, parseAddress } from "../../stream/address.ts";
import { type Endpoint, formatEndpoint } from "../../stream/endpoint.ts";
import type { OptionValues, ValueSource } from "../options/options.ts";
import type { LinkServer } from "../view/link_text.ts";
import { joinAddresses } from "./join_lines.ts";
import type { SERVER_OPTIONS } from "./server_options.ts";
import { withEngine } from "./with_engine.ts";

/** What tells where others reach the server of a link. */
export interface LinkPlace {
  /** The data folder of the server. */
  readonly data: string;
  readonly values: Pick<
    OptionValues<typeof SERVER_OPTIONS>,
    "host" | "port" | "tls" | "tls-cert" | "tls-key"
  >;
  /** Where the values come from. */
  readonly sources: ReadonlyMap<string, ValueSource>;
}

/**
 * The server of a link, as others reach it best. In a cluster, the servers that are in step tell that, unless the user
 * does: what the file of a server says of its start is not meant for links.
 *
 * @throws {ClusterError} if no server of the cluster can be reached, or none is in step
 */
export async function serverOfLink(
  place: LinkPlace,
  cluster: ClusterOptions | null,
): Promise<LinkServer> {
  const { data, values: { host = "0.0.0.0", port = DEFAULT_PORT }, sources } = place;
  const isTold = ["host", "port"].some((name) => (sources.get(name)?.from ?? "file") !== "file");
  if (cluster === null || isTold) {
    const [{ hostname } = { hostname: "localhost" }] = joinAddresses(host, readLocalNetworks());
    return { hostname, port, ...await tlsOf(place) };
  }
  const [first, ...others] = await serversInStep(cluster, await findServerId(data));
  const { fingerprint } = first;
  const tls = fingerprint === null ? await tlsOf(place) : { tls: true, fingerprint };
  const alike = others.filter((other) => other.fingerprint === fingerprint); // An address has one key
  return { ...endpointOf(first), ...tls, hosts: alike.map(endpointOf) };
}

function endpointOf({ host: hostname, port }: Peer): Endpoint {
  return { hostname, port };
}

/** Whether a server has TLS by its options, and its key. */
async function tlsOf(
  { data, values: { tls, "tls-cert": certificate, "tls-key": key } }: LinkPlace,
): Promise<Pick<LinkServer, "tls" | "fingerprint">> {
  const isGiven = certificate !== undefined && key !== undefined;
  if (!tls && !isGiven) return { tls: false, fingerprint: null };
  const { fingerprint } = isGiven
    ? await readCertificate(certificate, key)
    : await loadOwnCertificate(data, hostNames());
  return { tls: true, fingerprint };
}

/** The servers that are in step, in the order of their ids, but the one with the id `own` first. */
async function serversInStep(
  cluster: ClusterOptions,
  own: string | null,
): Promise<[Peer, ...Peer[]]> {
  const { BusError } = await import("../../cluster/engine.ts");
  const { listenToBeats } = await import("../../cluster/inspect_cluster.ts");
  return await withEngine(cluster, async (engine) => {
    const heard = await listenToBeats(engine, cluster.name);
    const rank = (server: string) => server === own ? "" : server;
    const [first, ...others] = [...heard.values()]
      .filter((address) => address !== null)
      .filter(({ host: hostname, port }) => parseAddress(formatEndpoint({ hostname, port })))
      .toSorted((a, b) => rank(a.server) < rank(b.server) ? -1 : 1);
    if (first === undefined) throw new BusError("nobody", "the servers");
    return [first, ...others.slice(0, LIMITS.clusterPeers - 1)];
  });
}
