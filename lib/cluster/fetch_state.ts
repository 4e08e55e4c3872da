import type { DatabaseSync } from "node:sqlite";
import type { History } from "../chat/history.ts";
import type { SnapshotFile } from "../files/database_snapshot.ts";
import type { SnapshotFolder } from "../files/snapshot_folder.ts";
import { ClusterError } from "../protocol/cluster_error.ts";
import { messageOf } from "../protocol/errors.ts";
import { joinBySnapshot } from "./cluster_row.ts";
import type { Bus } from "./engine.ts";
import { takeSnapshot } from "./take_snapshot.ts";

/** Time between two reports of a server that waits. */
const REPORT_MS = 10_000;

/** How a server gives and takes snapshots. */
export interface Snapshots {
  readonly folder: SnapshotFolder;
  /** Writes a snapshot of the database into a new file, in a worker. */
  readonly write: (path: string) => Promise<SnapshotFile>;
  /** Keeps the database as it is in a file beside it, before another state takes its place. */
  readonly keepOld: () => Promise<unknown>;
}

/** What {@link fetchState} uses, and does not own. */
export interface FetchStateOptions {
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
  /** How long a server that gives its state is waited for, in milliseconds; `null` for ever, 0 for not at all. */
  readonly waitMs: number | null;
  /** Called while no server gives its state: at the first failure, and every ten seconds. */
  readonly onWait: (reason: string) => void;
}

/**
 * Puts the state of the cluster, as another server has it, in place of that in the database.
 *
 * @throws {ClusterError} `unreachable` if no server gives it in time
 */
export async function fetchState(options: FetchStateOptions): Promise<void> {
  const { name, serverId, bus, database, history, folder, place, waitMs } = options;
  const startMs = performance.now();
  const giveUp = new AbortController();
  let reportedMs = -Infinity;
  const onWait = (error: unknown) => {
    const reason = messageOf(error);
    const nowMs = performance.now();
    const isLate = waitMs !== null && nowMs - startMs >= waitMs;
    if (isLate) return giveUp.abort(new ClusterError("unreachable", reason, { cause: error }));
    if (nowMs - reportedMs < REPORT_MS) return;
    reportedMs = nowMs;
    options.onWait(reason);
  };
  using snapshot = await takeSnapshot({ bus, name, folder, place, signal: giveUp.signal, onWait });
  joinBySnapshot(database, snapshot.path, serverId);
  history.changes.reload();
}
