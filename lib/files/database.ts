import { dirname } from "@std/path";
import { DatabaseSync } from "node:sqlite";

/** How long a statement waits for another process that writes. */
const BUSY_TIMEOUT_MS = 5_000;

/** How long it is before a lock is tried for again that SQLite does not wait for. */
const RETRY_MS = 5;
/** What SQLite calls a lock that another one holds. */
const SQLITE_BUSY = 5;
/** What it calls a disk that has no room for what goes beside the database. */
const SQLITE_IOERR_SHMSIZE = 4874;

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
  // The last number of a room outlives its messages; an event is the JSON of its EVNT frame
  `CREATE TABLE rooms (
     room      TEXT    PRIMARY KEY,
     seq       INTEGER NOT NULL,
     spoken_ms INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE messages (
     room  TEXT    NOT NULL,
     seq   INTEGER NOT NULL,
     event TEXT    NOT NULL,
     PRIMARY KEY (room, seq)
   ) WITHOUT ROWID`,
  // The subject of a ban of a nick is folded; one without an end lasts for ever
  `CREATE TABLE bans (
     kind       TEXT    NOT NULL CHECK (kind IN ('address', 'nick')),
     subject    TEXT    NOT NULL,
     since_ms   INTEGER NOT NULL,
     expires_ms INTEGER,
     reason     TEXT    NOT NULL,
     PRIMARY KEY (kind, subject)
   ) WITHOUT ROWID`,
  `CREATE TABLE accounts (
     name_key   TEXT    PRIMARY KEY,
     name       TEXT    NOT NULL,
     role       TEXT    NOT NULL CHECK (role IN ('member', 'admin')),
     rights     TEXT,
     salt       BLOB    NOT NULL,
     iterations INTEGER NOT NULL,
     stored_key BLOB    NOT NULL,
     server_key BLOB    NOT NULL,
     created_ms INTEGER NOT NULL,
     revision   INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE account_settings (
     only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
     secret     BLOB    NOT NULL,
     iterations INTEGER NOT NULL,
     revision   INTEGER NOT NULL
   )`,
];

/**
 * Opens the database of the server's state and brings its schema up to date. The caller closes it.
 * Nobody but the owner may read it afterwards, as far as that is ours to say.
 *
 * @param path a file, whose folder is made if it is not there, or {@link IN_MEMORY}
 * @throws when it cannot be opened, is no database, or was written by a newer version; it is left as
 * it is then
 */
export function openDatabase(path: string): DatabaseSync {
  if (path !== IN_MEMORY) Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path);
  try {
    if (path !== IN_MEMORY) keepPrivate(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    useWriteAheadLog(database);
    database.exec("PRAGMA synchronous = NORMAL");
    refuseDamaged(database);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw codeOf(error) === SQLITE_IOERR_SHMSIZE
      ? new Error("database or disk is full", { cause: error })
      : error;
  }
}

/** SQLite gives up at once where another process is making the same database. */
function useWriteAheadLog(database: DatabaseSync): void {
  const deadlineMs = performance.now() + BUSY_TIMEOUT_MS;
  const pragma = database.prepare("PRAGMA journal_mode = WAL");
  for (;;) {
    try {
      pragma.get();
      return;
    } catch (error) {
      if (codeOf(error) !== SQLITE_BUSY || performance.now() > deadlineMs) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
  }
}

/** SQLite's own code of an error. */
function codeOf(error: unknown): unknown {
  return error instanceof Error && "errcode" in error ? error.errcode : null;
}

/** Reads all of it, 1 GB a second: damage met later would have been written to by then. */
function refuseDamaged(database: DatabaseSync): void {
  const verdict = String(database.prepare("PRAGMA quick_check(1)").get()?.quick_check);
  if (verdict !== "ok") throw new Error(`database is damaged: ${verdict.split("\n").join(" ")}`);
}

/** It holds verifiers of passwords. SQLite gives the files beside it the same mode. */
function keepPrivate(path: string): void {
  if (Deno.build.os === "windows") return; // The folder, in the user's profile, is private there
  try {
    if (((Deno.statSync(path).mode ?? 0) & 0o077) !== 0) Deno.chmodSync(path, 0o600);
  } catch {
    // Somebody else's, who lets us use it
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
