import { fill } from "../protocol/fill_text.ts";
import type { DatabaseSync } from "node:sqlite";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import type { DirectoryStore } from "../files/directory_store.ts";
import type { UploadStore } from "../files/upload_store.ts";
import { messageOf } from "../protocol/errors.ts";
import { CATALOGUE_OWNER, type CatalogueKeeper } from "../transfer/catalogue.ts";
import type { FileHashes } from "../transfer/file_hashes.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";
import type { WantedContent } from "../transfer/contents.ts";
import { folderReader } from "./context/folder_reader.ts";
import type { UploadLocks } from "./context/upload_locks.ts";

/** What a server has for its files. */
export interface FileServices {
  readonly settings: ServerSettings;
  readonly store: DirectoryStore;
  readonly database: DatabaseSync;
  readonly hashes: FileHashes;
  readonly pool: WorkerPool;
  readonly uploads: UploadStore;
  readonly uploadLocks: UploadLocks;
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
  const { openCatalogue } = await import("../cluster/catalogue_keeper.ts");
  return openCatalogue({
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
