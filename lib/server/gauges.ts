import type { Connections } from "./connections.ts";
import type { ServerServices } from "./context/services.ts";
import type { Maintenance } from "./maintenance/maintenance.ts";
import type { ServerGauges } from "./monitoring/metrics.ts";

/** The current state of a server in figures. */
export function gaugesOf(
  { hub, pool, uploads, bandwidth }: ServerServices,
  connections: Connections,
  { lag, isIndexing }: Maintenance,
  { memoryBytes, cluster }: Pick<ServerGauges, "memoryBytes" | "cluster">,
): ServerGauges {
  const sessions = [...connections.sessions()];
  const { maxMs, meanMs } = lag.lastMinute;
  const clients = sessions.filter(({ isData }) => !isData).length;
  return {
    clients,
    dataConnections: sessions.length - clients,
    httpConnections: connections.web?.front?.count ?? 0,
    rooms: hub.roomCount,
    workersBusy: pool.busyCount,
    jobs: pool.jobCount,
    workersWanted: pool.waitingCount,
    isIndexing,
    pacedSentSeconds: bandwidth.sent.waitedMs / 1_000,
    pacedReceivedSeconds: bandwidth.received.waitedMs / 1_000,
    queuedBytes: sessions.reduce((sum, { queuedBytes }) => sum + queuedBytes, 0),
    unfinishedBytes: uploads.parts.totalBytes,
    memoryBytes,
    cluster,
    lagMaxMs: maxMs,
    lagMeanMs: meanMs,
  };
}
