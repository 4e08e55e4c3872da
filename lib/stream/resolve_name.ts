import { lookup } from "node:dns/promises";
import { deadline } from "../async/deadline.ts";

/** The addresses of a name; `null` if no answer came in time. */
export type Resolved = readonly string[] | null;

/**
 * Looks a name up as connections do: by the system, with its list of hosts and its DNS servers.
 *
 * @returns each address once, in the system's order; empty if the name has none
 */
export async function resolveName(hostname: string, timeoutMs: number): Promise<Resolved> {
  const looked = lookup(hostname, { all: true }).catch(() => []); // Any failure means no address
  const entries = await deadline(looked, timeoutMs, null);
  return entries === null ? null : [...new Set(entries.map(({ address }) => address))];
}
