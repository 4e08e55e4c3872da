import { abortable } from "@std/async/abortable";
import type { DatabaseSync } from "node:sqlite";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import type { ReplicatorOptions } from "../cluster/replicator.ts";
import { CatalogueContents } from "../files/catalogue_contents.ts";
import { CatalogueCopies } from "../files/catalogue_copies.ts";
import { otherServerIds } from "../files/cluster_tables.ts";
import { freeBytes } from "../files/system.ts";
import type { ServerServices } from "./context/services.ts";
import { keepCopy } from "./keep_copy.ts";

/** How many servers are to have each file, unless the settings say so. */
const COPIES = 2;

/** What {@link replicate} keeps going. Disposal ends it. */
export interface Replication extends AsyncDisposable {
  /** Whether contents are on their way. */
  readonly isActive: boolean;
}

/** Fetches what this server is to have of the files of the cluster, as long as it runs. */
export async function replicate(
  services: ServerServices,
  joined: JoinedCluster,
  database: DatabaseSync,
): Promise<Replication> {
  const { Replicator } = await import("../cluster/replicator.ts");
  const { SeenServers } = await import("../cluster/seen_servers.ts");
  const { log, beats, serverId } = joined;
  const seen = new SeenServers({ beats, known: otherServerIds(database, serverId) });
  const options = optionsOf(services, joined, database);
  const replicator = new Replicator({ ...options, seen: () => seen.list() });
  const puts = log.on("put", ({ entry: { sha256, size: sizeBytes } }) => {
    replicator.add({ sha256, sizeBytes });
  });
  joined.copiesMissing = replicator.missing;
  joined.copies = options.copies;
  const end = new AbortController();
  const running = replicator.run(AbortSignal.any([end.signal, services.stopping]));
  return {
    get isActive() {
      return replicator.isActive;
    },
    [Symbol.asyncDispose]: async () => {
      end.abort();
      puts[Symbol.dispose]();
      seen[Symbol.dispose]();
      await running;
    },
  };
}

function optionsOf(
  services: ServerServices,
  joined: JoinedCluster,
  database: DatabaseSync,
): Omit<ReplicatorOptions, "seen"> {
  const { settings: { cluster, onEvent }, pool, store, catalogue } = services;
  const { log, serverId } = joined;
  const contents = new CatalogueContents(database);
  return {
    serverId,
    copies: cluster?.copies ?? COPIES,
    known: new CatalogueCopies(database),
    page: (after, limit) => contents.page(after, limit),
    freeBytes: () => freeBytes(store.root),
    isBusy: () => pool.isContended,
    keep: async (content, signal) => {
      if (catalogue === null) return;
      await keepCopy(services, catalogue, content, signal);
      // What is on its way to the log is not waited for at the end
      await abortable(log.append({ kind: "have", contents: [content.sha256] }), signal);
    },
    onMissing: (missing) => {
      joined.copiesMissing = missing;
      onEvent({ event: "copies", missing });
    },
  };
}
