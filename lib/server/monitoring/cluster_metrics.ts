import type { ClusterState } from "../../protocol/cluster_state.ts";
import type { ClusterGauges } from "../../protocol/cluster_gauges.ts";
import type { Metric } from "./metric.ts";

const STATES: readonly ClusterState[] = [
  ...["in-step", "cut-off", "no-space", "failed", "newer", "diverged", "log-lost"] as const,
];

/** The metrics of a server that is one of a cluster. */
export function clusterMetrics(gauges: ClusterGauges): Metric[] {
  const { state, peers, applied } = gauges;
  const furthest = Math.max(applied, ...peers.map((peer) => peer.applied));
  const one = (
    name: string,
    help: string,
    value: number,
    type: Metric["type"] = "gauge",
  ): Metric => ({ name: `tcp_chat_cluster_${name}`, type, help, samples: [[{}, value]] });
  const total = (name: string, help: string, value: number) =>
    one(`${name}_total`, help, value, "counter");
  const { copiesMissing } = gauges;
  return [
    {
      name: "tcp_chat_cluster_state",
      type: "gauge",
      help: "1 for how this server stands to its cluster.",
      samples: STATES.map((each) => [{ state: each }, Number(each === state)]),
    },
    one("servers", "Servers that are alive, this one included.", peers.length + 1),
    one("applied", "Place of the last record applied here.", applied),
    one("lag_records", "Records that another server is ahead.", furthest - applied),
    one("waiting", "Entries that have not come back from the log.", gauges.waiting),
    one("diverged", "1 if another server holds something else.", Number(state === "diverged")),
    one("clock_skew_seconds", "The most a clock of another is off.", gauges.clockSkewSeconds),
    one("remote_members", "Members that other servers have.", gauges.remoteMembers),
    ...copiesMissing === null
      ? []
      : [one("copies_missing", "Copies that files lack in the cluster.", copiesMissing)],
    one("conflicts", "Paths at which the served folder differs.", gauges.conflicts),
    total("fetch_bytes", "Bytes of files from other servers.", gauges.fetchedBytes),
    total("scrubbed_bytes", "Bytes of files hashed again.", gauges.scrubbedBytes),
    total("damaged_files", "Files whose bytes were wrong then.", gauges.damagedFiles),
    total("records", "Records of this server in the log.", gauges.records),
    total("entries", "Entries in them.", gauges.entries),
    total("append_seconds", "Time that they were on their way.", gauges.appendSeconds),
    total("restarts", "Times that others took this server for gone.", gauges.restarts),
  ];
}
