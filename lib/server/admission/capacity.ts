import { fill } from "../../protocol/fill_text.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { LOG_TEXTS } from "../config/log_texts.ts";
import type { ServerSettings } from "../config/options.ts";

/** Descriptors of the process itself: runtime, listener, database, lookups of files. */
const OWN_DESCRIPTORS = 36;
/** Of a thread and its open file. Starting a thread without free descriptors ends the process. */
const DESCRIPTORS_PER_WORKER = 8;
/** Each thread blocks the main isolate while it starts. */
const MAX_THREADS = Math.max(4, navigator.hardwareConcurrency);
/** Refused connections that are sent a reason at the same time. */
const REFUSALS = 256;

/** The limits of a server, within those of the system. */
export interface Capacity {
  readonly clients: number;
  /** Descriptors are reserved for as many threads and their files. */
  readonly workers: number;
  /** Threads that move files: more than the processor has cores only help while disks are slow. */
  readonly threads: number;
  /** Transfers and computations of hashes at once, each with an open file. */
  readonly transfers: number;
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
  if (descriptors === null) {
    const threads = Math.min(maxWorkers, MAX_THREADS);
    return {
      clients: maxClients,
      workers: maxWorkers,
      threads,
      transfers: LIMITS.clients,
      refusals: REFUSALS,
    };
  }
  const affordable = Math.floor(descriptors / 4 / DESCRIPTORS_PER_WORKER);
  const workers = Math.min(maxWorkers, Math.max(1, affordable));
  const refusals = Math.min(REFUSALS, Math.max(1, Math.floor(descriptors / 16)));
  const room = descriptors - OWN_DESCRIPTORS - workers * DESCRIPTORS_PER_WORKER - refusals;
  const clients = Math.min(maxClients, Math.max(1, room));
  const threads = Math.min(workers, MAX_THREADS);
  const files = workers * DESCRIPTORS_PER_WORKER - threads * (DESCRIPTORS_PER_WORKER - 1);
  const transfers = Math.min(LIMITS.clients, files + Math.max(0, room - clients));
  return { clients, workers, threads, transfers, refusals };
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
  const facts = { clients, requested: maxClients };
  onEvent({ event: "error", message: fill(LOG_TEXTS.capacity, language, facts) });
}
