import type { ClusterGauges } from "../../lib/protocol/cluster_gauges.ts";
import { assert, assertEquals } from "@std/assert";
import { renderMetrics, type ServerGauges } from "../../lib/server/monitoring/metrics.ts";
import { countRefusal, newStats, type ServerStats } from "../../lib/server/monitoring/stats.ts";
import { parseMetrics, type ScrapedMetric } from "../helpers/metrics.ts";

const GAUGES: ServerGauges = {
  clients: 3,
  dataConnections: 2,
  httpConnections: 6,
  rooms: 5,
  jobs: 2,
  workersBusy: 7,
  workersWanted: 11,
  isIndexing: true,
  cluster: null,
  queuedBytes: 13,
  pacedSentSeconds: 53.5,
  pacedReceivedSeconds: 59.25,
  unfinishedBytes: 47,
  memoryBytes: 17_000_000_000,
  lagMaxMs: 1_500,
  lagMeanMs: 0.25,
};

function valuesOf(metrics: Record<string, ScrapedMetric>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, { values }]) =>
      Object.entries(values).map(([labels, value]) => [`${name}${labels}`, value])
    ),
  );
}

Deno.test("renderMetrics: has HELP, TYPE and the value of each gauge and counter", () => {
  const stats: ServerStats = {
    ...newStats(),
    startedMs: 1_700_000_000_500,
    connections: 19,
    downloads: 23,
    downloadBytes: 29,
    uploads: 31,
    uploadBytes: 37,
    messages: 41,
    transfers: 43,
  };
  const metrics = parseMetrics(renderMetrics(stats, GAUGES));
  assertEquals(valuesOf(metrics), {
    tcp_chat_start_time_seconds: 1_700_000_000.5,
    tcp_chat_clients: 3,
    tcp_chat_data_connections: 2,
    tcp_chat_http_connections: 6,
    tcp_chat_rooms: 5,
    tcp_chat_transfers: 43,
    tcp_chat_workers_busy: 7,
    tcp_chat_workers_wanted: 11,
    tcp_chat_indexing: 1,
    tcp_chat_queued_bytes: 13,
    tcp_chat_unfinished_bytes: 47,
    tcp_chat_memory_bytes: 17_000_000_000,
    tcp_chat_loop_lag_seconds: 0.00025,
    tcp_chat_loop_lag_max_seconds: 1.5,
    tcp_chat_connections_total: 19,
    tcp_chat_messages_total: 41,
    'tcp_chat_files_total{direction="download"}': 23,
    'tcp_chat_files_total{direction="upload"}': 31,
    'tcp_chat_file_bytes_total{direction="download"}': 29,
    'tcp_chat_file_bytes_total{direction="upload"}': 37,
    'tcp_chat_paced_seconds_total{direction="download"}': 53.5,
    'tcp_chat_paced_seconds_total{direction="upload"}': 59.25,
  });
  for (const [name, { type }] of Object.entries(metrics)) {
    assertEquals(type, name.endsWith("_total") ? "counter" : "gauge", name);
  }
});

Deno.test("renderMetrics: writes a metric line by line", () => {
  const text = renderMetrics({ ...newStats(), uploads: 2 }, GAUGES);
  assert(text.includes(
    "# HELP tcp_chat_files_total Files moved whole.\n" +
      "# TYPE tcp_chat_files_total counter\n" +
      'tcp_chat_files_total{direction="download"} 0\n' +
      'tcp_chat_files_total{direction="upload"} 2\n',
  ));
});

Deno.test("renderMetrics: sorts refusals by their code", () => {
  const stats = newStats();
  const before = parseMetrics(renderMetrics(stats, GAUGES)).tcp_chat_refusals_total!;
  assertEquals(before.values, {});
  for (const code of ["not-found", "busy", "not-a-file", "busy", "denied"] as const) {
    countRefusal(stats, code);
  }
  const { values } = parseMetrics(renderMetrics(stats, GAUGES)).tcp_chat_refusals_total!;
  assertEquals(Object.entries(values), [
    ['{code="busy"}', 2],
    ['{code="denied"}', 1],
    ['{code="not-a-file"}', 1],
    ['{code="not-found"}', 1],
  ]);
  assertEquals(stats.refusals, 5);
});

Deno.test("renderMetrics: escapes the value of a label", () => {
  const odd = 'a"b\\c\nd';
  const refusalsByCode = { [odd]: 1 } as ServerStats["refusalsByCode"];
  const text = renderMetrics({ ...newStats(), refusalsByCode }, GAUGES);
  assertEquals(text.split("\n").at(-2), 'tcp_chat_refusals_total{code="a\\"b\\\\c\\nd"} 1');
  parseMetrics(text);
});

Deno.test("renderMetrics: has those of a cluster only where there is one", () => {
  assertEquals(renderMetrics(newStats(), GAUGES).includes("tcp_chat_cluster"), false);
  const peer = {
    ...{ server: "bbbbbbbb", host: "b", port: 1, applied: 45, clients: 3 },
    ...{ freeBytes: null, checks: null },
  };
  const cluster: ClusterGauges = {
    ...{ name: "test", server: "aaaaaaaa", applied: 42, peers: [peer] },
    state: "cut-off",
    ...{ waiting: 5, records: 6, entries: 7, appendSeconds: 8.5, restarts: 9 },
    ...{ copiesMissing: 10, fetchedBytes: 11, remoteMembers: 12 },
    ...{ scrubbedBytes: 15, damagedFiles: 16, checkedMs: null, wrongFiles: 0 },
    ...{ clockSkewSeconds: 13.5, conflicts: 14 },
  };
  const values = renderMetrics(newStats(), { ...GAUGES, cluster }).split("\n")
    .filter((line) => line.startsWith("tcp_chat_cluster_"))
    .map((line) => line.slice("tcp_chat_cluster_".length));
  assertEquals(values, [
    'state{state="in-step"} 0',
    'state{state="cut-off"} 1',
    'state{state="no-space"} 0',
    'state{state="failed"} 0',
    'state{state="newer"} 0',
    'state{state="diverged"} 0',
    'state{state="log-lost"} 0',
    "servers 2",
    "applied 42",
    "lag_records 3",
    "waiting 5",
    "diverged 0",
    "clock_skew_seconds 13.5",
    "remote_members 12",
    "copies_missing 10",
    "conflicts 14",
    "fetch_bytes_total 11",
    "scrubbed_bytes_total 15",
    "damaged_files_total 16",
    "records_total 6",
    "entries_total 7",
    "append_seconds_total 8.5",
    "restarts_total 9",
  ]);
  const unknown = renderMetrics(newStats(), {
    ...GAUGES,
    cluster: { ...cluster, copiesMissing: null },
  });
  assertEquals(unknown.includes("copies_missing"), false);
});
