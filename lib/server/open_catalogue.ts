import { fill } from "../protocol/fill_text.ts";
import type { DatabaseSync } from "node:sqlite";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import { messageOf } from "../protocol/errors.ts";
import { CATALOGUE_OWNER, type CatalogueKeeper } from "../transfer/catalogue.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { WantedContent } from "../transfer/contents.ts";
import { folderReader } from "./context/folder_reader.ts";
import type { ServerServices } from "./context/services.ts";

/** What a server has for its files. */
export interface FileServices extends
  Pick<
    ServerServices,
    "settings" | "store" | "hashes" | "pool" | "uploads" | "uploadLocks"
  > {
  readonly database: DatabaseSync;
  /** Whether the server has a content apart from its served folder. */
  readonly isKept: (wanted: WantedContent) => boolean;
}

/** Opens the catalogue of files that a cluster has; `null` for a server that serves no files. */
export async function openCatalogueOf(
  { log }: JoinedCluster,
  { settings, store, database, hashes, pool, uploads, uploadLocks, isKept }: FileServices,
): Promise<CatalogueKeeper | null> {
  const { files, cluster, language, onEvent } = settings;
  if (!files) return null;
  const { ClusterCatalogueKeeper } = await import("../cluster/catalogue_keeper.ts");
  return new ClusterCatalogueKeeper({
    ...{ log, store, database, hashes, pool },
    parts: uploads.parts,
    rescanMs: cluster?.rescanMs,
    isBusy: (realPath) => uploadLocks.isInUse(realPath),
    isKept,
    reader: folderReader({ pool, store }, CATALOGUE_OWNER),
    onConflict: (path) => {
      onEvent({ event: "warning", message: fill(LOG_TEXTS.conflict, language, { path }) });
    },
    onError: (error) => onEvent({ event: "error", message: messageOf(error) }),
  });
}
