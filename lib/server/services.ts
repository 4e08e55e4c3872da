import type { Lobby } from "../chat/lobby.ts";
import type { DirectoryStore } from "../files/directory_store.ts";
import type { FileHashes } from "../transfer/file_hashes.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";
import type { ServerSettings } from "./options.ts";
import type { ServerStats } from "./stats.ts";

/** What all sessions of a server share. */
export interface ServerServices {
  readonly settings: ServerSettings;
  readonly store: DirectoryStore;
  readonly hashes: FileHashes;
  readonly pool: WorkerPool;
  readonly lobby: Lobby;
  readonly stats: ServerStats;
}
