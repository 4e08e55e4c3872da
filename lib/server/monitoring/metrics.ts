import type { ClusterGauges } from "../../protocol/cluster_gauges.ts";
import { clusterMetrics } from "./cluster_metrics.ts";
import type { Metric, Sample } from "./metric.ts";
import type { ServerStats } from "./stats.ts";

/** The current state of a server, beside its totals. */
export interface ServerGauges {
  /** Without data connections. */
  readonly clients: number;
  /** Connections that only move files of a client. */
  readonly dataConnections: number;
  /** Connections of browsers that speak HTTP. */
  readonly httpConnections: number;
  /** Rooms with members. */
  readonly rooms: number;
  /** Threads at work. */
  readonly workersBusy: number;
  /** Transfers and computations of hashes that use the threads. */
  readonly jobs: number;
  /** Jobs that wait for a thread. */
  readonly workersWanted: number;
  /** Whether the files that were there at the start are not all hashed yet. */
  readonly isIndexing: boolean;
  /** Control frames and chat that wait to be sent, in all connections. */
  readonly queuedBytes: number;
  /** For how long file data to clients have waited for the limits of their rate, in all. */
  readonly pacedSentSeconds: number;
  /** The same of file data from clients. */
  readonly pacedReceivedSeconds: number;
  /** Bytes of all unfinished uploads on the disk, as of the last check. */
  readonly unfinishedBytes: number;
  /** Resident memory of the process. */
  readonly memoryBytes: number;
  /** The maximum lag of the event loop in the last minute. */
  readonly lagMaxMs: number;
  /** The mean lag of the event loop in the last minute. */
  readonly lagMeanMs: number;
  /** `null` for a server alone. */
  readonly cluster: ClusterGauges | null;
}

/** Renders all metrics in the text format of Prometheus, version 0.0.4. */
export function renderMetrics(stats: Readonly<ServerStats>, gauges: ServerGauges): string {
  const { cluster } = gauges;
  const shared = cluster === null ? [] : clusterMetrics(cluster);
  return [...metricsOf(stats, gauges), ...shared].map(renderMetric).join("");
}

function metricsOf(stats: Readonly<ServerStats>, gauges: ServerGauges): Metric[] {
  const gauge = (name: string, help: string, value: number): Metric => {
    return { name: `tcp_chat_${name}`, type: "gauge", help, samples: [[{}, value]] };
  };
  const counter = (name: string, help: string, ...samples: Sample[]): Metric => {
    return { name: `tcp_chat_${name}_total`, type: "counter", help, samples };
  };
  return [
    gauge("start_time_seconds", "When the server was started.", stats.startedMs / 1000),
    gauge("clients", "Clients that are connected.", gauges.clients),
    gauge("data_connections", "Connections that move files of clients.", gauges.dataConnections),
    gauge("http_connections", "Connections of browsers that speak HTTP.", gauges.httpConnections),
    gauge("rooms", "Rooms with members.", gauges.rooms),
    gauge("transfers", "Downloads and uploads under way.", stats.transfers),
    gauge("workers_busy", "Threads at work.", gauges.workersBusy),
    gauge("workers_wanted", "Requests that wait for a thread.", gauges.workersWanted),
    gauge("indexing", "1 while files of before the start are hashed.", Number(gauges.isIndexing)),
    gauge("queued_bytes", "Chat and answers that wait to be sent.", gauges.queuedBytes),
    gauge("unfinished_bytes", "Unfinished uploads on the disk.", gauges.unfinishedBytes),
    gauge("memory_bytes", "Resident memory.", gauges.memoryBytes),
    gauge("loop_lag_seconds", "Mean lag of the event loop, last minute.", gauges.lagMeanMs / 1000),
    gauge("loop_lag_max_seconds", "Maximum lag, last minute.", gauges.lagMaxMs / 1000),
    counter("connections", "Connections admitted.", [{}, stats.connections]),
    counter("messages", "Messages of clients to rooms.", [{}, stats.messages]),
    counter(
      "files",
      "Files moved whole.",
      [{ direction: "download" }, stats.downloads],
      [{ direction: "upload" }, stats.uploads],
    ),
    counter(
      "file_bytes",
      "Bytes of those files.",
      [{ direction: "download" }, stats.downloadBytes],
      [{ direction: "upload" }, stats.uploadBytes],
    ),
    counter("paced_seconds", "Time that data have waited for their limits.", ...pacedOf(gauges)),
    counter("refusals", "Requests and connections refused, by code.", ...refusalsOf(stats)),
  ];
}

function pacedOf({ pacedSentSeconds, pacedReceivedSeconds }: ServerGauges): Sample[] {
  return [
    [{ direction: "download" }, pacedSentSeconds],
    [{ direction: "upload" }, pacedReceivedSeconds],
  ];
}

function refusalsOf({ refusalsByCode }: Readonly<ServerStats>): Sample[] {
  const counts = Object.entries(refusalsByCode).sort(([a], [b]) => a < b ? -1 : 1);
  return counts.map(([code, count]) => [{ code }, count]);
}

function renderMetric({ name, type, help, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => `${name}${renderLabels(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join()}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
