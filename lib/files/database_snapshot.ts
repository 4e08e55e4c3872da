import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { inTransaction, openDatabase } from "./database.ts";
import { hashFileSync } from "./find_received.ts";
import { SNAPSHOT_SCHEMA } from "./migrations.ts";
import { removeDatabase } from "./remove_quietly.ts";

/** The tables that each server of a cluster has for itself: what is on its disk, and what it has seen of addresses. */
const LOCAL_TABLES: readonly string[] = [
  "expected_files",
  "hashes",
  "holdings",
  "known_logins",
  "seen_rules",
];
/** Rows that are inserted by one statement. */
const ROWS_AT_ONCE = 100;
/** The end of the name of a database that another state took the place of. */
export const OLD_ENDING = ".old";
/** Where SQLite keeps the last numbers of tables that never use a number again. */
const SEQUENCES = "sqlite_sequence";

/** A snapshot of a database in a file. */
export interface SnapshotFile {
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Writes what all servers of a cluster have in common into a file, as of now: in place of one that is there. Servers
 * that know {@link SNAPSHOT_SCHEMA} can read it.
 * Synchronous, for use in a worker: a connection of its own reads the database, which others may write meanwhile.
 *
 * Rows are copied one by one: `VACUUM INTO` and `ATTACH` need all permissions that Deno knows.
 *
 * @throws the errors of SQLite and of the system; then there is no file
 */
export function writeSnapshot(databasePath: string, path: string): SnapshotFile {
  removeDatabase(path);
  try {
    const source = new DatabaseSync(databasePath, { readOnly: true });
    try {
      source.exec("BEGIN"); // All that is read is of one moment
      copyInto(path, source);
    } finally {
      source.close();
    }
    const sizeBytes = Deno.statSync(path).size;
    return { sizeBytes, sha256: hashFileSync(path, sizeBytes) };
  } catch (error) {
    removeDatabase(path);
    throw error;
  }
}

function copyInto(path: string, source: DatabaseSync): void {
  const target = openDatabase(path);
  try {
    target.exec("PRAGMA synchronous = OFF"); // It is of no use after a crash
    inTransaction(target, () => replaceShared(target, source));
    target.exec(`PRAGMA user_version = ${SNAPSHOT_SCHEMA}`);
  } finally {
    target.close();
  }
}

/**
 * Replaces what all servers of a cluster have in common by a snapshot, in one transaction. What this
 * server has for itself stays. The caller makes objects anew that mirror the database in memory.
 *
 * @throws if a newer version of the program wrote the snapshot, or it is damaged; else the errors of
 * SQLite. Then nothing is changed
 */
export function restoreSnapshot(database: DatabaseSync, path: string): void {
  const snapshot = openDatabase(path); // Migrates it, and refuses it where it is damaged
  try {
    inTransaction(database, () => replaceShared(database, snapshot));
  } finally {
    snapshot.close();
  }
}

/** Puts the shared rows of a database in place of those of another one. */
function replaceShared(target: DatabaseSync, source: DatabaseSync): void {
  for (const table of sharedTables(target, source)) {
    target.exec(`DELETE FROM ${table}`);
    copyRows(target, source, table);
  }
}

/** Many rows in a statement take half the time of one by one. */
function copyRows(target: DatabaseSync, source: DatabaseSync, table: string): void {
  const read = source.prepare(`SELECT * FROM ${table}`);
  const marks = `(${read.columns().map(() => "?").join(", ")})`;
  const insert = (rows: number) =>
    target.prepare(`INSERT INTO ${table} VALUES ${Array(rows).fill(marks).join(", ")}`);
  const insertMany = insert(ROWS_AT_ONCE);
  let values: SQLOutputValue[] = [];
  let rows = 0;
  for (const row of read.iterate()) {
    for (const value of Object.values(row)) values.push(value);
    if (++rows < ROWS_AT_ONCE) continue;
    insertMany.run(...values);
    values = [];
    rows = 0;
  }
  if (rows > 0) insert(rows).run(...values);
}

/**
 * Deletes what all servers of a cluster have in common. What this server has for itself stays.
 *
 * @throws the errors of SQLite; then nothing is changed
 */
export function dropShared(database: DatabaseSync): void {
  inTransaction(database, () => {
    for (const table of tablesOf(database).filter(isShared)) {
      database.exec(`DELETE FROM ${table}`);
    }
  });
}

/** The tables that are in both. The last numbers come last: inserting rows sets them, too. */
function sharedTables(one: DatabaseSync, other: DatabaseSync): string[] {
  const there = new Set(tablesOf(other));
  const shared = tablesOf(one).filter((name) => there.has(name) && isShared(name));
  return [...shared, SEQUENCES];
}

/** Whether all servers of a cluster have the same rows in a table. */
export function isShared(table: string): boolean {
  return !LOCAL_TABLES.includes(table) && table !== SEQUENCES;
}

function tablesOf(database: DatabaseSync): string[] {
  return database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
    .map(({ name }) => String(name));
}
