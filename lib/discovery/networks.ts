import { isLoopback, networkContains } from "../stream/ip_address.ts";

/** A network that this machine is in, by one of its interfaces. */
export interface OwnNetwork {
  /** The IPv4 address of this machine in it. */
  readonly address: string;
  /** Such as `192.168.0.10/24`. */
  readonly cidr: string;
}

/** The networks of RFC 1918. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
/** The prefix of the largest network that is scanned. */
const SCANNED_PREFIX = 24;

/**
 * The IPv4 networks of this machine; only where there is no other, that of the loopback interface. Other
 * families are left out: the runtime does not tell the zone of the sender of a packet.
 */
export function ownNetworks(): OwnNetwork[] {
  const all = Deno.networkInterfaces().flatMap(({ family, address, cidr }) =>
    family === "IPv4" && cidr !== null ? [{ address, cidr }] : []
  );
  const others = all.filter(({ address }) => !isLoopback(address));
  return others.length > 0 ? others : all.slice(0, 1);
}

/** Whether an address lies in one of the networks. Any text may be given. */
export function isNear(address: string, networks: readonly OwnNetwork[]): boolean {
  return networks.some(({ cidr }) => networkContains(cidr, address));
}

/**
 * The addresses of the private networks of this machine: of a network larger than a /24 those around its
 * own. Each once, its own included.
 */
export function scannedAddresses(networks: readonly OwnNetwork[] = ownNetworks()): string[] {
  const own = networks.filter(({ address }) =>
    PRIVATE.some((network) => networkContains(network, address))
  );
  return [...new Set(own.flatMap(neighboursOf))];
}

function neighboursOf({ address, cidr }: OwnNetwork): string[] {
  const base = address.slice(0, address.lastIndexOf(".") + 1);
  const prefix = Number(cidr.slice(cidr.indexOf("/") + 1));
  const all = Array.from({ length: 254 }, (_, last) => `${base}${last + 1}`);
  return prefix <= SCANNED_PREFIX ? all : all.filter((each) => networkContains(cidr, each));
}
