import { ConnectionError, messageOf } from "../protocol/errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { formatAddress, lacksZone } from "./ip_address.ts";
import { closeSocket } from "./socket.ts";
import { connectTcp } from "./tcp.ts";

/** What becomes of an attempt to connect to an address. */
export interface Reach {
  readonly address: string;
  readonly outcome: ReachOutcome;
  readonly ms: number;
  /** What the system says of a failure; empty for none. */
  readonly reason: string;
  /** The address of this machine that leads there; `null` where no connection was made. */
  readonly local: string | null;
}

/**
 * - `open`: the port accepts connections; `refused`: nothing listens there, or a firewall says so.
 * - `unreachable`: the system or a router reports that the host cannot be reached.
 * - `unroutable`: this machine has no route to the address.
 * - `zone`: a link-local address lacks the interface that it is for.
 * - `silent`: no answer came in time.
 */
export type ReachOutcome =
  | "open"
  | "refused"
  | "unreachable"
  | "unroutable"
  | "zone"
  | "silent"
  | "failed";

/** What the system's errors mean, by name on POSIX systems and by number on Windows. */
const SYSTEM_ERRORS: ReadonlyArray<readonly [pattern: RegExp, outcome: ReachOutcome]> = [
  [/EHOSTUNREACH|EHOSTDOWN|no route to host|os error 10065|os error 10064/i, "unreachable"],
  [/ENETUNREACH|ENETDOWN|network is unreachable|os error 10051/i, "unroutable"],
];

/** Connects to an address, closes the connection, and tells how it went. */
export async function reach(endpoint: Endpoint, timeoutMs: number): Promise<Reach> {
  const startedMs = performance.now();
  const result = (outcome: ReachOutcome, reason = "", local: string | null = null): Reach => ({
    address: endpoint.hostname,
    outcome,
    ms: Math.round(performance.now() - startedMs),
    reason,
    local,
  });
  if (lacksZone(endpoint.hostname)) return result("zone");
  try {
    const conn = await connectTcp(endpoint, { timeoutMs });
    const local = formatAddress(conn.localAddr);
    closeSocket(conn);
    return result("open", "", local);
  } catch (error) {
    return result(outcomeOf(error), reasonOf(error));
  }
}

function outcomeOf(error: unknown): ReachOutcome {
  if (!(error instanceof ConnectionError)) return "failed";
  if (error.code === "refused") return "refused";
  if (error.code === "timeout") return "silent";
  const said = reasonOf(error);
  return SYSTEM_ERRORS.find(([pattern]) => pattern.test(said))?.[1] ?? "failed";
}

/** The system's code, where there is one, and its words. */
function reasonOf(error: unknown): string {
  const cause = error instanceof ConnectionError ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? `${cause.code}: ` : "";
  return `${code}${messageOf(cause)}`;
}
