import { dirname } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { sleepSync } from "./sleep_sync.ts";

/** How long a statement waits for the write lock of another process. */
const BUSY_TIMEOUT_MS = 5_000;

/** Pause between attempts at a lock for which SQLite ignores `busy_timeout`. */
const RETRY_MS = 5;
/** The same for a server, whose clients wait meanwhile. */
const SERVING_BUSY_TIMEOUT_MS = 5;
/** Result code: another connection holds the lock. */
const SQLITE_BUSY = 5;
/** Result code: the disk has no room for the `-shm` file beside the database. */
const SQLITE_IOERR_SHMSIZE = 4874;

/** The path of a database in memory, which is gone once closed. */
export const IN_MEMORY = ":memory:";

/**
 * The schema as migrations, which never change once released: a database's `user_version` is the
 * number of migrations applied to it.
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
  // The subject of a nick ban is folded; a ban without `expires_ms` is permanent
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
  // A room without a topic has NULL in all three
  `ALTER TABLE rooms ADD COLUMN topic TEXT;
   ALTER TABLE rooms ADD COLUMN topic_from TEXT;
   ALTER TABLE rooms ADD COLUMN topic_ms INTEGER`,
  // A number is never used again: one that was removed must not remove another message
  `CREATE TABLE kept_messages (
     number   INTEGER PRIMARY KEY AUTOINCREMENT,
     owner    TEXT    NOT NULL,
     event    TEXT    NOT NULL,
     until_ms INTEGER NOT NULL
   );
   CREATE INDEX kept_messages_by_owner ON kept_messages (owner)`,
  // The network that a message came from; NULL in those from before
  `ALTER TABLE kept_messages ADD COLUMN network TEXT;
   CREATE INDEX kept_messages_by_network ON kept_messages (network)`,
  `CREATE INDEX kept_messages_by_end ON kept_messages (until_ms)`,
  // A pair of network and account, as a digest
  `CREATE TABLE known_logins (
     pair     BLOB    PRIMARY KEY,
     until_ms INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX known_logins_by_end ON known_logins (until_ms)`,
];

/** The version of the schema. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Opens the database of the server's state and migrates its schema. The caller closes it. The file
 * gets mode 0600, if this process may set it.
 *
 * @param path a file, whose folder is created if missing, or {@link IN_MEMORY}
 * @throws if the file cannot be opened, is damaged, is not a database, or was written by a newer
 * version; its content is left unchanged
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
    throw sqliteCode(error) === SQLITE_IOERR_SHMSIZE
      ? new Error("database or disk is full", { cause: error })
      : error;
  }
}

/** Makes statements fail at once if another process writes, rather than block the event loop. */
export function stopWaitingForLocks(database: DatabaseSync): void {
  database.exec(`PRAGMA busy_timeout = ${SERVING_BUSY_TIMEOUT_MS}`);
}

/** SQLite fails at once, without waiting, while another process creates the same database. */
function useWriteAheadLog(database: DatabaseSync): void {
  const deadlineMs = performance.now() + BUSY_TIMEOUT_MS;
  const pragma = database.prepare("PRAGMA journal_mode = WAL");
  for (;;) {
    try {
      pragma.get();
      return;
    } catch (error) {
      if (sqliteCode(error) !== SQLITE_BUSY || performance.now() > deadlineMs) throw error;
    }
    sleepSync(RETRY_MS);
  }
}

/** SQLite's extended result code, or `null` for other errors. */
function sqliteCode(error: unknown): unknown {
  return error instanceof Error && "errcode" in error ? error.errcode : null;
}

/** Reads the whole file, 1 GB per second: damage found later would have been written to. */
function refuseDamaged(database: DatabaseSync): void {
  const verdict = String(database.prepare("PRAGMA quick_check(1)").get()?.quick_check);
  if (verdict !== "ok") throw new Error(`database is damaged: ${verdict.split("\n").join(" ")}`);
}

/** The database holds password verifiers. SQLite gives the `-wal` and `-shm` files its mode. */
function keepPrivate(path: string): void {
  if (Deno.build.os === "windows") return; // The folder, in the user's profile, is private there
  try {
    if (((Deno.statSync(path).mode ?? 0) & 0o077) !== 0) Deno.chmodSync(path, 0o600);
  } catch {
    // Another user owns the file and grants access to it
  }
}

/** One transaction, begun before the version is read: another process may migrate, too. */
function migrate(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version > MIGRATIONS.length) {
    throw new Error(`Cannot use the database: a newer version of tcp-chat wrote it (${version})`);
  }
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
}
