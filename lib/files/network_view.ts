import { readQuietly } from "./read_quietly.ts";

/** A network that an interface of this machine is in. */
export interface InterfaceNetwork {
  readonly name: string;
  readonly address: string;
  /** The address with the length of the network, as in `192.168.0.7/24`. */
  readonly cidr: string;
}

/** A route of this machine. */
export interface Route {
  readonly interface: string;
  /** As in `10.0.0.0/8`. */
  readonly network: string;
  /** The smaller one counts, among networks of the same length. */
  readonly metric: number;
}

/** Whether a machine of the own network has told its hardware address. */
export type Neighbour = "answers" | "silent" | "unknown";

/** What this machine knows of the networks it is in. */
export interface NetworkView {
  /** `null` without the permission to know. */
  readonly interfaces: readonly InterfaceNetwork[] | null;
  /** Routes of IPv4; `null` where the system does not tell them in a file. */
  readonly routes: readonly Route[] | null;
  /** Whether the system reports within seconds that no machine of the own network has an address. */
  readonly reportsAbsent: boolean;
}

const ROUTES = "/proc/net/route";
const NEIGHBOURS = "/proc/net/arp";
/** The flag of an entry whose hardware address is known (`ATF_COM`). */
const COMPLETE = 2;

/** Reads what this machine knows of its networks. */
export function readNetworkView(): NetworkView {
  const routes = readRoutes();
  return {
    interfaces: interfaces(),
    routes: routes === null ? null : parseRoutes(routes),
    reportsAbsent: Deno.build.os === "linux",
  };
}

/** The table of routes of Linux, for {@link parseRoutes}; `null` on another system, or without permission. */
export function readRoutes(): string | null {
  return readQuietly(ROUTES);
}

/** Whether the machine of an IPv4 address in the own network answers there, by the kernel's table. */
export function readNeighbour(address: string): Neighbour {
  return neighbourIn(readQuietly(NEIGHBOURS) ?? "", address);
}

/** Parses the table of routes of Linux: addresses are hexadecimal, with their last byte first. */
export function parseRoutes(table: string): Route[] {
  return table.split("\n").slice(1).flatMap((line) => {
    const [name, destination, , , , , metric, mask] = line.trim().split(/\s+/);
    if (name === undefined || destination === undefined || mask === undefined) return [];
    const bits = [...parseInt(mask, 16).toString(2)].filter((bit) => bit === "1").length;
    return [{ interface: name, network: `${dotted(destination)}/${bits}`, metric: Number(metric) }];
  });
}

/** Looks an address up in the table of neighbours of Linux. */
export function neighbourIn(table: string, address: string): Neighbour {
  for (const line of table.split("\n").slice(1)) {
    const [ip, , flags] = line.trim().split(/\s+/);
    if (ip !== address) continue;
    return (Number(flags) & COMPLETE) === 0 ? "silent" : "answers";
  }
  return "unknown";
}

function dotted(hex: string): string {
  const bytes = hex.padStart(8, "0").match(/../g) ?? [];
  return bytes.toReversed().map((byte) => parseInt(byte, 16)).join(".");
}

function interfaces(): InterfaceNetwork[] | null {
  try {
    return Deno.networkInterfaces().map(({ name, address, cidr }) => ({ name, address, cidr }));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}
