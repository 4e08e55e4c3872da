import type { DatabaseSync } from "node:sqlite";
import { pause } from "../async/pause.ts";
import { newEpoch } from "./chain.ts";
import { ClusterError, type ClusterErrorCode, type LogPlaces } from "../protocol/cluster_error.ts";
import { beginCluster, type ClusterRow, readClusterRow } from "./cluster_row.ts";
import {
  EngineError,
  extentOf,
  type LogExtent,
  type LogRecord,
  type ReplicatedLog,
} from "./engine.ts";
import { decodeRecord, isAfterLoss } from "./record.ts";

/** The tables whose rows are a history of a data folder's own. */
const HISTORY_TABLES = ["rooms", "accounts", "bans", "links", "kept_messages", "catalogue"];

/** An end of the log that is too early, or its silence, is believed after this time: NATS drops a lonely leader in 10 s. */
const BELIEVED_AFTER_MS = 15_000;
const ASK_AGAIN_MS = 200;

/** What {@link findLog} uses of a server. */
export interface LogSeeker {
  readonly database: DatabaseSync;
  /** The name of the cluster. */
  readonly name: string;
  /** The id of the data folder. */
  readonly serverId: string;
  /** How long an end of the log that is too early is asked for again, in milliseconds. Default 15,000. */
  readonly believedAfterMs?: number;
}

/** A log that a server is to follow. */
export interface FoundLog extends Pick<LogExtent, "first" | "last"> {
  /**
   * Whether the server needs the state of another one before it can follow: `no`; `yes`; `rather`: it is new, and
   * all records are there, which may build on a state that is not.
   */
  readonly needsState: "no" | "rather" | "yes";
}

/**
 * Finds the log that a database belongs to, or makes the database one of the log. The first server makes the
 * log, out of what is in its database.
 *
 * @throws {ClusterError} if the two do not belong together
 */
export async function findLog(log: ReplicatedLog, seeker: LogSeeker): Promise<FoundLog> {
  const row = readClusterRow(seeker.database);
  if (row !== null) return await findKnown(log, row, seeker);
  const isOwn = hasHistory(seeker.database);
  const extent = await extentOf(log);
  if (extent !== null && isOwn) throw ownHistory(seeker.name);
  if (extent !== null) return begin(extent, seeker, false);
  const epoch = newEpoch();
  const made = await log.create(epoch);
  const isMaker = made.epoch === epoch;
  if (!isMaker && isOwn) throw ownHistory(seeker.name);
  return begin(made, seeker, isOwn);
}

/**
 * Whether a log is the one of a database, with all that is applied to it, and has lost no record that follows.
 *
 * @throws as {@link ReplicatedLog.extent} does; {EngineError} `no-leader` too if the log answers no more
 */
export async function isWhole(log: ReplicatedLog, database: DatabaseSync): Promise<boolean> {
  const row = readClusterRow(database);
  const extent = await extentOf(log);
  if (extent === null || extent.epoch !== row?.epoch || extent.last < row.applied) return false;
  if (extent.last === row.applied) return true;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  await using reading = log.follow(
    row.applied + 1,
    (records) => {
      if (records.some(isLost)) resolve(false);
      if (records.some(({ place }) => place >= extent.last)) resolve(true);
    },
    (what) => resolve(what !== "missing"),
  );
  const timer = setInterval(() => {
    if (reading.unansweredMs < BELIEVED_AFTER_MS) return;
    reject(new EngineError("no-leader", "Cannot read the log: its leader does not answer"));
  }, ASK_AGAIN_MS);
  return await promise.finally(() => clearInterval(timer));
}

/** Whether the log has lost what another server has applied at the place of a record. */
function isLost({ place, payload }: LogRecord): boolean {
  const content = decodeRecord(payload);
  return typeof content === "object" && isAfterLoss(place, content);
}

/** Whether a database holds what a cluster would have to take over. */
export function hasHistory(database: DatabaseSync): boolean {
  return HISTORY_TABLES.some((table) =>
    database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined
  );
}

async function findKnown(
  log: ReplicatedLog,
  row: ClusterRow,
  { name, serverId, believedAfterMs = BELIEVED_AFTER_MS }: LogSeeker,
): Promise<FoundLog> {
  if (row.name !== name) {
    throw new ClusterError(
      "other-cluster",
      `Cannot join the cluster ${name}: the data folder belongs to the cluster ${row.name}`,
      { names: [row.name] },
    );
  }
  if (row.server !== serverId) {
    throw new ClusterError("copied-folder", "Cannot join the cluster: the data folder is a copy");
  }
  const extent = await believedExtent(log, row, believedAfterMs);
  const { applied } = row;
  if (extent === null) throw misfit("log-lost", { applied }, "its log is gone");
  const { epoch, first, last } = extent;
  if (epoch !== row.epoch) throw misfit("other-log", { applied }, "its log is another one");
  if (last < applied) {
    throw misfit("log-short", { applied, last }, `its log ends at ${last}, before ${applied}`);
  }
  return { first, last, needsState: first > row.applied + 1 ? "yes" : "no" };
}

/** Asks again for a while where the log ends too early: a leader that the others have left tells so. */
async function believedExtent(
  log: ReplicatedLog,
  { epoch, applied }: ClusterRow,
  believedAfterMs: number,
): Promise<LogExtent | null> {
  const endMs = performance.now() + believedAfterMs;
  for (;;) {
    const extent = await extentOf(log);
    const isShort = extent !== null && extent.epoch === epoch && extent.last < applied;
    if (!isShort || performance.now() >= endMs) return extent;
    await pause(ASK_AGAIN_MS);
  }
}

/** A log that begins with a history has another chain at its begin than an empty one. */
function begin(
  { epoch, first, last }: LogExtent,
  { database, name, serverId }: LogSeeker,
  isSeed: boolean,
): FoundLog {
  beginCluster(database, { name, epoch, server: serverId, isSeed });
  if (first > 1) return { first, last, needsState: "yes" };
  return { first, last, needsState: last > 0 ? "rather" : "no" };
}

function misfit(code: ClusterErrorCode, places: LogPlaces, what: string): ClusterError {
  return new ClusterError(code, `Cannot join the cluster: ${what}`, { places });
}

function ownHistory(name: string): ClusterError {
  return new ClusterError(
    "own-history",
    `Cannot join the cluster ${name}: the data folder has a history of its own, and so has the cluster`,
    { names: [name] },
  );
}
