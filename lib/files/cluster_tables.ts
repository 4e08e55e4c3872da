import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "./database.ts";

/**
 * The tables that say where a database stands in the log of its cluster, and what only its entries free. A server alone
 * needs none of them.
 */
const LOG_TABLES = ["cluster", "origins", "chains", "servers", "nicks"];
/** The tables of the files that the servers have in common. Alone, a server has those of its served folder. */
const FILE_TABLES = ["catalogue", "copies", "holdings"];

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
  inTransaction(database, () => {
    for (const table of [...LOG_TABLES, ...FILE_TABLES]) database.exec(`DELETE FROM ${table}`);
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
