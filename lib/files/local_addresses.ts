import { parseRoutes, readRoutes } from "./network_view.ts";

/** An address of this machine. */
export interface LocalAddress {
  /** The name of the interface. */
  readonly name: string;
  readonly family: "IPv4" | "IPv6";
  readonly address: string;
}

/** The addresses of this machine, and the interface that leads to other networks. */
export interface LocalNetworks {
  /** In the order of the system. */
  readonly addresses: readonly LocalAddress[];
  /** `null` where the system does not tell it. */
  readonly defaultInterface: string | null;
}

/** The network of the default route. */
const ANYWHERE = "0.0.0.0/0";

/** Reads the addresses of this machine: none without the permission for it. */
export function readLocalNetworks(): LocalNetworks {
  try {
    return { addresses: Deno.networkInterfaces(), defaultInterface: defaultInterface() };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return { addresses: [], defaultInterface: null };
    throw error;
  }
}

/** The interface of the default route, which Linux alone tells in a file. */
function defaultInterface(): string | null {
  const table = readRoutes();
  return table === null ? null : interfaceOf(table);
}

/** The interface of the default route with the lowest metric in the table of Linux; `null` without one. */
export function interfaceOf(table: string): string | null {
  const routes = parseRoutes(table).filter(({ network }) => network === ANYWHERE);
  const [best] = routes.toSorted((a, b) => a.metric - b.metric);
  return best?.interface ?? null;
}
