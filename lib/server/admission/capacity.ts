import { LIMITS } from "../../protocol/limits.ts";
import { LOG_TEXTS } from "../config/log_texts.ts";
import type { ServerSettings } from "../config/options.ts";

/** Descriptors of the process itself: runtime, listener, database, lookups of files. */
const OWN_DESCRIPTORS = 36;
/** A thread's own, and the file that it has open. Starting one without them ends the process. */
const DESCRIPTORS_PER_WORKER = 8;
/** Refused connections that are being told why, at most. */
const REFUSALS = 256;

/** How much a server takes on. */
export interface Capacity {
  readonly clients: number;
  readonly workers: number;
  /** Refused connections that are being told why. */
  readonly refusals: number;
}

/**
 * Cuts what was wished down to what the system's limit of descriptors has room for, so that they
 * never run out: a quarter at the most is for workers, the rest for clients.
 *
 * @param descriptors `null` where the limit is not known
 */
export function planCapacity(
  wished: { readonly maxClients: number; readonly maxWorkers: number },
  descriptors: number | null,
): Capacity {
  const { maxClients, maxWorkers } = wished;
  if (descriptors === null) return { clients: maxClients, workers: maxWorkers, refusals: REFUSALS };
  const affordable = Math.floor(descriptors / 4 / DESCRIPTORS_PER_WORKER);
  const workers = Math.min(maxWorkers, Math.max(1, affordable));
  const refusals = Math.min(REFUSALS, Math.max(1, Math.floor(descriptors / 16)));
  const room = descriptors - OWN_DESCRIPTORS - workers * DESCRIPTORS_PER_WORKER - refusals;
  return { clients: Math.min(maxClients, Math.max(1, room)), workers, refusals };
}

/**
 * Says so where the system leaves room for less than what was wished. The default is no wish: it
 * means as many as there is room for.
 */
export function reportCapacity(
  { clients }: Capacity,
  { maxClients, language, onEvent }: ServerSettings,
): void {
  if (clients === maxClients || maxClients === LIMITS.clients) return;
  onEvent({ event: "error", message: LOG_TEXTS[language].capacity(clients, maxClients) });
}
