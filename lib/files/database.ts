import { dirname } from "@std/path";
import { DatabaseSync } from "node:sqlite";

/** How long a statement waits for another process that writes. */
const BUSY_TIMEOUT_MS = 5_000;

/** The path of a database that is gone when it is closed. */
export const IN_MEMORY = ":memory:";

/**
 * The schema, as steps that are never changed once released: the database's `user_version` is the
 * number of steps that it has seen.
 */
const MIGRATIONS = [
  `CREATE TABLE hashes (
     path        TEXT    PRIMARY KEY,
     size        INTEGER NOT NULL,
     modified_ms INTEGER NOT NULL,
     changed_ms  INTEGER NOT NULL,
     inode       INTEGER NOT NULL,
     sha256      TEXT    NOT NULL
   ) WITHOUT ROWID`,
];

/**
 * Opens the database of the server's state and brings its schema up to date. The caller closes it.
 *
 * @param path a file, whose folder is made if it is not there, or {@link IN_MEMORY}
 * @throws when it cannot be opened, is no database, or was written by a newer version
 */
export function openDatabase(path: string): DatabaseSync {
  if (path !== IN_MEMORY) Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = NORMAL");
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** In one transaction, begun before the version is read: another process may be at it, too. */
function migrate(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version > MIGRATIONS.length) {
    throw new Error(`Cannot use the database: a newer version of tcp-chat wrote it (${version})`);
  }
  for (const step of MIGRATIONS.slice(version)) database.exec(step);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
}
