import { fill } from "../protocol/fill_text.ts";
import type { DatabaseSync } from "node:sqlite";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import { clusterOf, isSeed, leaveCluster } from "../files/cluster_tables.ts";
import { loadByUrl } from "../load_by_url.ts";
import { ClusterError } from "../protocol/cluster_error.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";
import type { JoiningServer } from "./join_as.ts";

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
  joining: JoiningServer,
): Promise<JoinedCluster | null> {
  const { cluster } = settings;
  if (cluster === null) {
    await beAlone(settings, database);
    return null;
  }
  const { joinAs } = await loadByUrl<typeof import("./join_as.ts")>(
    new URL("./join_as.ts", import.meta.url),
  );
  return await joinAs(cluster, settings, database, joining);
}

/** @throws {ClusterError} `in-cluster` or `seed` unless the settings say that the server leaves its cluster */
async function beAlone(
  { alone, root, files, language, onEvent }: ServerSettings,
  database: DatabaseSync,
): Promise<void> {
  const name = clusterOf(database);
  if (name === null && !isSeed(database)) return;
  if (!alone) throw inCluster(name);
  const { exportCatalogue } = await import("../files/export_catalogue.ts");
  const { missing } = files ? await exportCatalogue(database, root) : { missing: [] };
  leaveCluster(database);
  const [path] = missing;
  if (path !== undefined) {
    const facts = { count: missing.length, path };
    onEvent({ event: "warning", message: fill(LOG_TEXTS.filesElsewhere, language, facts) });
  }
  const message = name === null
    ? fill(LOG_TEXTS.leftNamelessCluster, language)
    : fill(LOG_TEXTS.leftCluster, language, { name });
  onEvent({ event: "warning", message });
}

/** @param name `null` after `cluster seed` */
function inCluster(name: string | null): ClusterError {
  if (name === null) {
    return new ClusterError(
      "seed",
      "Cannot start alone: the data folder is to begin a cluster anew",
    );
  }
  return new ClusterError(
    "in-cluster",
    `Cannot start alone: the data folder belongs to the cluster ${name}`,
    { names: [name] },
  );
}
