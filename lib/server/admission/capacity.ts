import { LIMITS } from "../../protocol/limits.ts";
import { LOG_TEXTS } from "../config/log_texts.ts";
import type { ServerSettings } from "../config/options.ts";

/** Descriptors of the process itself: runtime, listener, database, lookups of files. */
const OWN_DESCRIPTORS = 36;
/** Of a thread and its open file. Starting a thread without free descriptors ends the process. */
const DESCRIPTORS_PER_WORKER = 8;
/** Refused connections that are sent a reason at the same time. */
const REFUSALS = 256;

/** The limits of a server, within those of the system. */
export interface Capacity {
  readonly clients: number;
  readonly workers: number;
  /** Refused connections that are sent a reason at the same time. */
  readonly refusals: number;
}

/**
 * Reduces the requested limits to those that the system's limit on descriptors has room for, so
 * that descriptors never run out: up to a quarter is for workers, the rest for clients.
 *
 * @param descriptors the limit; `null` if it is not known
 */
export function planCapacity(
  requested: { readonly maxClients: number; readonly maxWorkers: number },
  descriptors: number | null,
): Capacity {
  const { maxClients, maxWorkers } = requested;
  if (descriptors === null) return { clients: maxClients, workers: maxWorkers, refusals: REFUSALS };
  const affordable = Math.floor(descriptors / 4 / DESCRIPTORS_PER_WORKER);
  const workers = Math.min(maxWorkers, Math.max(1, affordable));
  const refusals = Math.min(REFUSALS, Math.max(1, Math.floor(descriptors / 16)));
  const room = descriptors - OWN_DESCRIPTORS - workers * DESCRIPTORS_PER_WORKER - refusals;
  return { clients: Math.min(maxClients, Math.max(1, room)), workers, refusals };
}

/**
 * Reports that the system has room for fewer clients than requested. The default requests nothing:
 * it stands for as many as there is room for.
 */
export function reportCapacity(
  { clients }: Capacity,
  { maxClients, language, onEvent }: ServerSettings,
): void {
  if (clients === maxClients || maxClients === LIMITS.clients) return;
  onEvent({ event: "error", message: LOG_TEXTS[language].capacity(clients, maxClients) });
}
