import { found } from "../protocol/check.ts";
import type { InterfaceNetwork, Neighbour, NetworkView, Route } from "../files/network_view.ts";
import {
  canonicalAddress,
  canonicalNetwork,
  isLoopback,
  isOnlyNear,
  lacksZone,
  networkContains,
} from "../stream/ip_address.ts";
import type { Reach, ReachOutcome } from "../stream/reach.ts";
import type { ClientFound } from "./findings.ts";

/** How interfaces of VPNs are called. */
const VPN =
  /^(?:tun|tap|wg|utun|ppp|zt|ipsec|gpd|cscotun)|tailscale|nordlynx|proton|wireguard|vpn/i;
/** Addresses that a machine gives itself where no DHCP server answers (RFC 3927). */
const UNASSIGNED = "169.254.0.0/16";
/** A report that a host cannot be reached comes earlier only if a firewall makes it: ARP takes 3 s. */
const ABSENT_AFTER_MS = 1_000;
/** By then a system has reported a machine that is not there: ARP takes 3 s. */
const REPORTED_AFTER_MS = 3_800;

/** Outcomes of failed attempts, the one that tells most first. */
const TELLING: readonly ReachOutcome[] = [
  "refused",
  "unreachable",
  "silent",
  "zone",
  "unroutable",
  "failed",
];

/**
 * Where an address lies, seen from this machine.
 *
 * @param local the address of this machine that has led there; `null` if none has yet
 */
export function judgeNetwork(
  address: string,
  { interfaces, routes }: NetworkView,
  local: string | null,
): ClientFound {
  if (lacksZone(address)) return found("network-zone", { address });
  if (interfaces === null) return found("network-unknown");
  const plain = canonicalAddress(address) ?? address;
  const isOwn = (text: string) => ({ address }: InterfaceNetwork) =>
    canonicalAddress(address) === text;
  if (isLoopback(plain) || interfaces.some(isOwn(plain))) return found("network-here", { address });
  const [, zone] = /%(.+)$/.exec(address) ?? [];
  if (zone !== undefined) return found("network-near", { address, interface: zone, cidr: plain });
  const outer = outerInterfaces(interfaces);
  if (outer.length === 0) return found("network-none");
  const near = outer.filter(({ cidr }) => contains(cidr, plain));
  const taken = interfaces.find(isOwn(local ?? ""))?.name;
  const way = taken ?? bestRoute(routes ?? [], plain)?.interface ?? null;
  return judgeWay(address, near, way) ?? judgeUnassigned(outer) ?? judgeFar(address, outer, way);
}

/** The networks of this machine, where no address is asked for. */
export function judgeInterfaces({ interfaces }: NetworkView): ClientFound {
  if (interfaces === null) return found("network-unknown");
  const outer = outerInterfaces(interfaces);
  if (outer.length === 0) return found("network-none");
  const list = outer.map(({ name, cidr }) => `${name} ${cidr}`);
  return judgeUnassigned(outer) ?? found("network-list", { interfaces: list });
}

/**
 * What the attempts to connect to the addresses of a server mean.
 *
 * @param port of the server
 * @param neighbour whether a machine of the own network is there, as {@link judgeNeighbour} says
 */
export function judgePort(
  reaches: readonly Reach[],
  port: number,
  neighbour: (reach: Reach) => Neighbour,
): ClientFound {
  const open = reaches.find(({ outcome }) => outcome === "open");
  const data = ({ address, ms }: Reach) => ({ address, port, ms });
  if (open !== undefined) {
    // A client tries the addresses in their order, and waits long for one that says nothing
    const before = reaches.slice(0, reaches.indexOf(open)).find(({ outcome }) =>
      outcome === "silent"
    );
    if (before === undefined) return found("port-open", data(open));
    return found("port-partly", { ...data(open), silent: before.address });
  }
  const [told] = reaches.toSorted((a, b) => rank(a) - rank(b));
  if (told === undefined) return found("port-failed", { address: "", port, ms: 0, system: "" });
  return judgeFailure(told, data(told), neighbour(told));
}

/**
 * Whether a machine of the own network is there. Where the system would have reported that it is not,
 * silence means that it is.
 *
 * @param known what the table of the system says
 */
export function judgeNeighbour(
  { address, outcome, ms }: Reach,
  known: Neighbour,
  { interfaces, reportsAbsent }: NetworkView,
): Neighbour {
  const isLate = outcome === "silent" && ms >= REPORTED_AFTER_MS;
  if (known !== "unknown" || !reportsAbsent || !isLate) return known;
  const isNear = outerInterfaces(interfaces ?? []).some(({ cidr }) => contains(cidr, address));
  return isNear ? "answers" : known;
}

function judgeFailure(
  { outcome, ms, reason }: Reach,
  data: { readonly address: string; readonly port: number; readonly ms: number },
  neighbour: Neighbour,
): ClientFound {
  switch (outcome) {
    case "refused":
      return found("port-refused", data);
    case "unreachable":
      return found(
        ms >= ABSENT_AFTER_MS || neighbour === "silent" ? "port-absent" : "port-rejected",
        data,
      );
    case "silent":
      if (neighbour === "unknown") return found("port-silent", data);
      return found(neighbour === "answers" ? "port-dropped" : "port-absent", data);
    case "unroutable":
      return found("port-unroutable", data);
    default:
      return found("port-failed", { ...data, system: reason });
  }
}

function rank({ outcome }: Reach): number {
  return TELLING.indexOf(outcome);
}

/**
 * What is to be said of the way to an address; `null` if no interface is in its network.
 *
 * @param way the interface that leads there; `null` if it is not known
 */
function judgeWay(
  address: string,
  near: readonly InterfaceNetwork[],
  way: string | null,
): ClientFound | null {
  const names = [...new Set(near.map(({ name }) => name))];
  const [first, second] = names;
  if (way !== null && VPN.test(way) && !names.includes(way)) {
    return found("network-vpn", { address, interface: way });
  }
  if (first !== undefined && second !== undefined) {
    return found("network-twice", { address, first, second });
  }
  const [own] = near;
  if (own === undefined) return null;
  return found("network-near", { address, interface: own.name, cidr: own.cidr });
}

function judgeFar(
  address: string,
  outer: readonly InterfaceNetwork[],
  way: string | null,
): ClientFound {
  if (way !== null) return found("network-far", { address, interface: way });
  const tunnel = outer.find(({ name }) => VPN.test(name));
  if (tunnel === undefined) return found("network-beyond", { address });
  return found("network-tunnel", { address, interface: tunnel.name });
}

/** Whether no DHCP server has given this machine an address. */
function judgeUnassigned(outer: readonly InterfaceNetwork[]): ClientFound | null {
  const ipv4 = outer.filter(({ cidr }) => !cidr.includes(":"));
  const [first] = ipv4;
  if (first === undefined || !ipv4.every(({ address }) => contains(UNASSIGNED, address))) {
    return null;
  }
  return found("network-unassigned", { interface: first.name, own: first.address });
}

function bestRoute(routes: readonly Route[], address: string): Route | null {
  const leading = routes.filter(({ network }) => contains(network, address));
  const length = ({ network }: Route) => Number(network.split("/")[1]);
  const [best] = leading.toSorted((a, b) => length(b) - length(a) || a.metric - b.metric);
  return best ?? null;
}

function contains(cidr: string, address: string): boolean {
  const network = canonicalNetwork(cidr);
  if (network === null) return false;
  return network.includes("/") ? networkContains(network, address) : network === address;
}

function outerInterfaces(interfaces: readonly InterfaceNetwork[]): InterfaceNetwork[] {
  return interfaces.filter(({ address }) => !isOnlyNear(canonicalAddress(address) ?? ""));
}
