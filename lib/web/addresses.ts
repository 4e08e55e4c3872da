import ipaddr from "ipaddr.js";
import type { LocalAddress, LocalNetworks } from "../files/local_addresses.ts";
import { listensAnywhere } from "../stream/ip_address.ts";

/** Where an operator says that others reach a server. */
export interface Advertised {
  readonly host: string;
  /** Default: the port that the server listens on. */
  readonly port?: number;
}

/** What tells where others reach a server. */
export interface OwnPlaces extends LocalNetworks {
  /** Default: nobody has said it. */
  readonly advertised?: Advertised | null;
}

/** A host under which others reach a server. */
export interface ReachableHost extends Pick<LocalAddress, "address" | "name"> {
  /** Where it is not the one that the server listens on. */
  readonly port?: number;
}

/** What the addresses of the page are made from. */
export interface PagePlace extends OwnPlaces {
  /** The address that the server listens on. */
  readonly hostname: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** Addresses that are told, at most. */
const MAX_ADDRESSES = 4;
/** Interfaces that lead to machines within this machine. */
const VIRTUAL = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|flannel|podman)/;
/** Ranges that others cannot type: what else an interface has leads to it, even an address for examples. */
const UNREACHABLE = new Set([
  "unspecified",
  "loopback",
  "linkLocal",
  "multicast",
  "broadcast",
  "none",
]);

/** The addresses under which browsers reach the page: the likeliest first, at least one. */
export function pageUrls({ hostname, port, isTls, ...place }: PagePlace): string[] {
  const scheme = isTls ? "https" : "http";
  const usual = isTls ? 443 : 80;
  return reachableHosts(hostname, place).map(({ address: host, port: told = port }) => {
    const name = host.includes(":") ? `[${host}]` : host;
    return `${scheme}://${name}${told === usual ? "" : `:${told}`}/`;
  });
}

/**
 * The hosts under which others reach a server: what its operator says, then the likeliest first. At least one, at
 * most 4.
 */
export function reachableHosts(hostname: string, places: OwnPlaces): ReachableHost[] {
  const own = ownHosts(hostname, places);
  const { advertised } = places;
  if (!advertised || !leadsToOthers(advertised.host)) return own;
  const { host: address, port } = advertised;
  const others = own.filter((each) => each.address !== address && leadsToOthers(each.address));
  const told = { address, name: "", ...(port !== undefined && { port }) };
  return [told, ...others].slice(0, MAX_ADDRESSES);
}

/** The same from what is seen on this machine. */
function ownHosts(
  hostname: string,
  { addresses, defaultInterface }: LocalNetworks,
): ReachableHost[] {
  if (!listensAnywhere(hostname)) return [{ address: hostname, name: "" }];
  const reachable = addresses.filter(({ family, address }) =>
    (hostname === "::" || family === "IPv4") &&
    !UNREACHABLE.has(rangeOf(address))
  );
  const real = reachable.filter(({ name }) => !VIRTUAL.test(name));
  const candidates = real.length > 0 ? real : reachable;
  const rank = (candidate: LocalAddress) => rankOf(candidate, defaultInterface);
  const sorted = candidates.toSorted((a, b) => rank(a) - rank(b));
  const byAddress = new Map(sorted.toReversed().map((each) => [each.address, each]));
  const hosts = sorted.filter((each) => byAddress.get(each.address) === each);
  return hosts.length > 0 ? hosts.slice(0, MAX_ADDRESSES) : [{ address: "localhost", name: "" }];
}

/** Whether an address or a name leads other machines here: not loopback, and no zone of this machine. */
export function leadsToOthers(host: string): boolean {
  if (/^(?:.*\.)?localhost\.?$/i.test(host) || host.includes("%")) return false;
  return !["loopback", "unspecified"].includes(rangeOf(host));
}

/** IPv4 comes first, which is short to type; then the default route, and private networks. */
function rankOf({ name, family, address }: LocalAddress, defaultInterface: string | null): number {
  const isOnWay = name === defaultInterface ? 0 : 2;
  const isPrivate = rangeOf(address) === "private" ? 0 : 1;
  return (family === "IPv4" ? 0 : 4) + isOnWay + isPrivate;
}

function rangeOf(address: string): string {
  const [plain = ""] = address.split("%");
  return ipaddr.isValid(plain) ? ipaddr.process(plain).range() : "none";
}
