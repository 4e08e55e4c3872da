import { fill } from "../protocol/fill_text.ts";
import type { DatabaseSync } from "node:sqlite";
import type { ChatStore } from "../chat/chat_store.ts";
import type { Snapshots } from "../cluster/fetch_state.ts";
import { joinCluster, type JoinNews } from "../cluster/join.ts";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import { OLD_ENDING } from "../files/database_snapshot.ts";
import { readServerId } from "../files/server_id.ts";
import { SnapshotFolder } from "../files/snapshot_folder.ts";
import { ClusterError } from "../protocol/cluster_error.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";
import type { ClusterOptions } from "./config/cluster_options.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";
import { openNats } from "./open_nats.ts";

/** What a server that joins a cluster already has. */
export interface JoiningServer {
  readonly store: Pick<ChatStore, "history" | "kept">;
  readonly pool: WorkerPool;
}

/**
 * Joins a cluster.
 *
 * @throws {ClusterError} if the data folder and the cluster do not belong together, or the cluster cannot be
 * reached
 * @throws {DiskError} if the files of the settings cannot be read
 */
export async function joinAs(
  cluster: ClusterOptions,
  settings: ServerSettings,
  database: DatabaseSync,
  { store, pool }: JoiningServer,
): Promise<JoinedCluster> {
  const { dataDirectory, openEngine } = settings;
  const databasePath = database.location();
  if (dataDirectory === null || databasePath === null) {
    throw new ClusterError("no-folder", "Cannot join a cluster without a data folder");
  }
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

function report(news: JoinNews, { cluster, language, onEvent }: ServerSettings): void {
  const name = cluster?.name ?? "";
  const message = news.state === "waiting"
    ? fill(LOG_TEXTS.waitsForCluster, language, { name, ...news })
    : fill(LOG_TEXTS.catchesUp, language, { name, ...news });
  onEvent({ event: "cluster", state: news.state, name, message });
}
