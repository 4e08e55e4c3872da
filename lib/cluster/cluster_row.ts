import type { DatabaseSync } from "node:sqlite";
import { restoreSnapshot } from "../files/database_snapshot.ts";
import { firstChain, showChain } from "./chain.ts";

/** The log that a database belongs to, and up to where it is applied. */
export interface ClusterRow {
  /** The name of the cluster. */
  readonly name: string;
  /** The epoch of the log. */
  readonly epoch: string;
  /** The id of the server that has the database. */
  readonly server: string;
  /** The place of the last record that is applied; 0 for none. */
  readonly applied: number;
  /** The chain there. */
  readonly chain: Uint8Array;
}

/** Reads the row; `null` for a database that belongs to no cluster. @throws the errors of SQLite */
export function readClusterRow(database: DatabaseSync): ClusterRow | null {
  const row = database.prepare("SELECT * FROM cluster").get();
  return row === undefined ? null : {
    name: String(row.name),
    epoch: String(row.epoch),
    server: String(row.server),
    applied: Number(row.applied),
    chain: row.chain as Uint8Array,
  };
}

/** How a database begins to follow a log. */
export interface ClusterBegin extends Pick<ClusterRow, "name" | "epoch" | "server"> {
  /**
   * Whether the log goes on from the history in this database: another one has to fetch that first, and notices
   * by the chain. Default `false`: the log begins with nothing.
   */
  readonly isSeed?: boolean;
}

/** Makes a database one of a cluster, before the first record of the log. @throws the errors of SQLite */
export function beginCluster(
  database: DatabaseSync,
  { name, epoch, server, isSeed = false }: ClusterBegin,
): void {
  const chain = firstChain(isSeed ? `${epoch} ${server}` : epoch);
  // The log has them, or is going to
  if (!isSeed) {
    database.exec("DELETE FROM account_settings; DELETE FROM links");
    database.exec("DELETE FROM link_claims; DELETE FROM link_files");
  }
  database.exec("DELETE FROM cluster_rules; DELETE FROM rule_parts; DELETE FROM seen_rules");
  database.prepare("INSERT INTO cluster VALUES (1, ?, ?, ?, 0, ?, 0, 0)")
    .run(name, epoch, server, chain);
  database.prepare("INSERT OR REPLACE INTO chains VALUES (0, ?)").run(showChain(chain));
}

/**
 * Makes the database of a server the same as a snapshot that another server has made. Objects that
 * mirror it in memory must be made anew.
 *
 * @throws as {@link restoreSnapshot} does
 */
export function joinBySnapshot(database: DatabaseSync, path: string, server: string): void {
  restoreSnapshot(database, path);
  database.prepare("UPDATE cluster SET server = ?").run(server);
}
