import type { DatabaseSync } from "node:sqlite";
import type { History } from "../chat/history.ts";
import type { SnapshotFile } from "../files/database_snapshot.ts";
import type { SnapshotFolder } from "../files/snapshot_folder.ts";
import { ClusterError } from "../protocol/cluster_error.ts";
import { messageOf } from "../protocol/errors.ts";
import { joinBySnapshot } from "./cluster_row.ts";
import type { Bus } from "./engine.ts";
import { Patience, type PatienceOptions } from "./patience.ts";
import { takeSnapshot } from "./take_snapshot.ts";

/** How a server gives and takes snapshots. */
export interface Snapshots {
  readonly folder: SnapshotFolder;
  /** Writes a snapshot of the database into a new file, in a worker. */
  readonly write: (path: string) => Promise<SnapshotFile>;
  /** Keeps the database as it is in a file beside it, before another state takes its place. */
  readonly keepOld: () => Promise<unknown>;
}

/** What {@link fetchState} uses, and does not own, and how it waits for a server that gives its state. */
export interface FetchStateOptions extends PatienceOptions {
  /** The name of the cluster. */
  readonly name: string;
  /** The id of the data folder. */
  readonly serverId: string;
  readonly bus: Bus;
  readonly database: DatabaseSync;
  readonly history: Pick<History, "changes">;
  readonly folder: SnapshotFolder;
  /** The place of the last record that has to be in the state: the log has those behind it. */
  readonly place: number;
}

/**
 * Puts the state of the cluster, as another server has it, in place of that in the database.
 *
 * @throws {ClusterError} `unreachable` if no server gives it in time
 */
export async function fetchState(options: FetchStateOptions): Promise<void> {
  const { name, serverId, bus, database, history, folder, place } = options;
  const patience = new Patience(options);
  const giveUp = new AbortController();
  const onWait = (error: unknown) => {
    const reason = messageOf(error);
    if (!patience.isOver(reason)) return;
    giveUp.abort(new ClusterError("unreachable", reason, { cause: error }));
  };
  const { signal } = giveUp;
  using snapshot = await takeSnapshot({ bus, name, serverId, folder, place, signal, onWait });
  joinBySnapshot(database, snapshot.path, serverId);
  history.changes.reload();
}
