import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "./database.ts";

/** The tables that say where a database stands in the log of its cluster, and what only its entries free. */
const LOG_TABLES = ["cluster", "origins", "chains", "nicks"];
/**
 * The tables of the servers and of the files that they have in common. A server alone has the files of its served
 * folder.
 */
const CLUSTER_TABLES = ["servers", "catalogue", "copies", "holdings"];

/** The name of the cluster that a database belongs to; `null` for none. @throws the errors of SQLite */
export function clusterOf(database: DatabaseSync): string | null {
  const row = database.prepare("SELECT name FROM cluster").get();
  return row === undefined ? null : String(row.name);
}

/**
 * Takes a database out of its cluster: what it holds stays, as the history of a server alone, and can never be
 * gone on with in that log. @throws the errors of SQLite
 */
export function leaveCluster(database: DatabaseSync): void {
  empty(database, [...LOG_TABLES, ...CLUSTER_TABLES]);
}

/**
 * Takes a database out of the log of its cluster, for one that begins with what it holds: also with the files that
 * only other servers have, which those go on with. @throws the errors of SQLite
 */
export function leaveLog(database: DatabaseSync): void {
  empty(database, LOG_TABLES);
}

/** Whether a database is to begin a log, and has not: {@link leaveLog} was the last that it saw of a cluster. */
export function isSeed(database: DatabaseSync): boolean {
  const hasOthers = "SELECT 1 FROM servers UNION SELECT 1 FROM catalogue";
  return clusterOf(database) === null && database.prepare(hasOthers).get() !== undefined;
}

function empty(database: DatabaseSync, tables: readonly string[]): void {
  inTransaction(database, () => {
    for (const table of tables) database.exec(`DELETE FROM ${table}`);
  });
}

/**
 * The ids of the servers of the cluster that were not forgotten, without one.
 *
 * @param own the id of the server that has the database
 * @throws the errors of SQLite
 */
export function otherServerIds(database: DatabaseSync, own: string): string[] {
  return database.prepare("SELECT id FROM servers WHERE id <> ? ORDER BY id").all(own)
    .map(({ id }) => String(id));
}
