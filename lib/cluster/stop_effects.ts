import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { RequestError } from "../protocol/errors.ts";
import type { LogBreak } from "./engine.ts";
import type { Stop, StopCode } from "./state_machine.ts";

/** How long records wait for another process that writes to the database. */
const LOCK_RETRY_MS = 25;
/** How long after another failure the records are read again. */
const RETRY_MS = 1_000;

/** What keeps a server from applying the log: each is `null` where it does not. */
export interface Hindrance {
  readonly stop: Stop | null;
  readonly broken: LogBreak | null;
}

/** The error of an entry that has not left this server for too long. */
export function stalled(): RequestError {
  return new RequestError("busy", undefined, { reason: "cluster-stalled" });
}

/** The error of an entry that has left this server, which does not learn what comes of it. */
export function outcomeUnknown(): RequestError {
  return new RequestError("busy", undefined, { reason: "outcome-unknown" });
}

/** What entries are refused with while records are not applied. */
export function refusalOf({ code }: Stop): RequestError {
  return code === "no-space" ? new RequestError("no-space") : outOfStep();
}

/** The error of an entry that this server does not append, while other servers may. */
export function outOfStep(): RequestError {
  return new RequestError("busy", undefined, { reason: "cluster-halted" });
}

/**
 * How long entries are kept before they are refused, in milliseconds: a server that is halted by the log may start
 * again, and its clients say them elsewhere.
 */
export function keptMsOf({ code }: Stop): number {
  return isOfDatabase(code) ? 0 : CLUSTER_LIMITS.haltedMs;
}

/** Whether the same records may be applied later: the database works again, or the missing one has come. */
export function mayPass({ code }: Stop): boolean {
  return isOfDatabase(code) || code === "gap";
}

/** How long after a stop the same records are applied again, in milliseconds. */
export function retryMsOf({ code }: Stop): number {
  return code === "busy" ? LOCK_RETRY_MS : RETRY_MS;
}

/** Why a server does not apply the log, for other servers and operators; `null` if it does. */
export function haltOf({ stop, broken }: Hindrance): string | null {
  return broken ?? stop?.code ?? null;
}

/** Whether it is the log that keeps a server from applying it, not its database, which works again some time. */
export function isHalted({ stop, broken }: Hindrance): boolean {
  return broken !== null || (stop !== null && !isOfDatabase(stop.code));
}

function isOfDatabase(code: StopCode): boolean {
  return code === "busy" || code === "no-space" || code === "failed";
}
