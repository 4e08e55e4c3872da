import type { DatabaseSync } from "node:sqlite";
import type { ChatStore } from "../chat/chat_store.ts";
import type { Snapshots } from "../cluster/fetch_state.ts";
import type { JoinNews } from "../cluster/join.ts";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import { clusterOf, leaveCluster } from "../files/cluster_tables.ts";
import { readServerId } from "../files/server_id.ts";
import { OLD_ENDING } from "../files/database_snapshot.ts";
import { SnapshotFolder } from "../files/snapshot_folder.ts";
import { ClusterError } from "../protocol/cluster_error.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";
import { openNats } from "./open_nats.ts";

/**
 * Makes a server one of the cluster that its settings name. Nothing of a cluster is loaded without one.
 *
 * @returns `null` for a server alone
 * @throws {ClusterError} if the data folder and the cluster do not belong together, or the cluster cannot be
 * reached
 * @throws {DiskError} if the files of the settings cannot be read
 */
export async function joinIfAsked(
  settings: ServerSettings,
  database: DatabaseSync,
  { store, pool }: {
    readonly store: Pick<ChatStore, "history" | "kept">;
    readonly pool: WorkerPool;
  },
): Promise<JoinedCluster | null> {
  const { cluster, dataDirectory, openEngine } = settings;
  if (cluster === null) {
    await beAlone(settings, database);
    return null;
  }
  const databasePath = database.location();
  if (dataDirectory === null || databasePath === null) {
    throw new ClusterError("no-folder", "Cannot join a cluster without a data folder");
  }
  const { joinCluster } = await import("../cluster/join.ts");
  const { name, waitMs = null } = cluster;
  const onError = ({ message }: Error) => settings.onEvent({ event: "error", message });
  return await joinCluster({
    name,
    serverId: await readServerId(dataDirectory),
    database,
    store,
    snapshots: snapshotsOf(dataDirectory, databasePath, pool),
    openEngine: openEngine ?? await openNats(cluster, onError),
    waitMs,
    onNews: (news) => report(news, settings),
  });
}

/** Snapshots are written by a thread of the pool. */
function snapshotsOf(dataFolder: string, databasePath: string, pool: WorkerPool): Snapshots {
  const write = (path: string) =>
    pool.use((worker) => worker.call("writeSnapshot", [databasePath, path]), {
      kind: "background",
    });
  return {
    folder: new SnapshotFolder(dataFolder),
    write,
    keepOld: () => write(`${databasePath}${OLD_ENDING}`),
  };
}

/** @throws {ClusterError} `in-cluster` unless the settings say that the server leaves its cluster */
async function beAlone(
  { alone, root, files, language, onEvent }: ServerSettings,
  database: DatabaseSync,
): Promise<void> {
  const name = clusterOf(database);
  if (name === null) return;
  if (!alone) {
    throw new ClusterError(
      "in-cluster",
      `Cannot start alone: the data folder belongs to the cluster ${name}`,
      { names: [name] },
    );
  }
  const { exportCatalogue } = await import("../files/export_catalogue.ts");
  const { missing } = files ? await exportCatalogue(database, root) : { missing: [] };
  leaveCluster(database);
  if (missing.length > 0) {
    onEvent({ event: "warning", message: LOG_TEXTS[language].filesElsewhere(missing) });
  }
  onEvent({ event: "warning", message: LOG_TEXTS[language].leftCluster(name) });
}

function report(news: JoinNews, { cluster, language, onEvent }: ServerSettings): void {
  const texts = LOG_TEXTS[language];
  const name = cluster?.name ?? "";
  const message = news.state === "waiting"
    ? texts.waitsForCluster(name, news.reason)
    : texts.catchesUp(name, news.applied, news.last);
  onEvent({ event: "cluster", state: news.state, name, message });
}
