import { dirname } from "./path.ts";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { MIGRATIONS } from "./migrations.ts";
import { sleepSync } from "./sleep_sync.ts";

/** How long a statement waits for the write lock of another process. */
const BUSY_TIMEOUT_MS = 5_000;

/** Pause between attempts at a lock for which SQLite ignores `busy_timeout`. */
const RETRY_MS = 5;
/** The same for a server, whose clients wait meanwhile. */
const SERVING_BUSY_TIMEOUT_MS = 5;
/** Result code: another connection holds the lock. */
const SQLITE_BUSY = 5;
/** Result code: the disk is full. */
const SQLITE_FULL = 13;
/** Result code: the disk has no room for the `-shm` file beside the database. */
const SQLITE_IOERR_SHMSIZE = 4874;

/** The path of a database in memory, which is gone once closed. */
export const IN_MEMORY = ":memory:";

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

/** Runs `work`, which must be synchronous, in a transaction. @throws the errors of `work` and of SQLite */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  return between(database, transactionOf(database).begin, work);
}

function between<T>(database: DatabaseSync, begin: StatementSync, work: () => T): T {
  begin.run();
  try {
    const result = work();
    transactionOf(database).commit.run();
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK"); // SQLite may have rolled back by itself
    throw error;
  }
}

/** Runs `work`, which only reads: the lock is taken once, and not for each statement. @throws as {@link inTransaction} */
export function inReading<T>(database: DatabaseSync, work: () => T): T {
  return between(database, transactionOf(database).beginReading, work);
}

/** The statements around a transaction. The errors of `exec` have no `errcode`, which tells a full disk from a lock. */
interface TransactionStatements {
  readonly begin: StatementSync;
  readonly beginReading: StatementSync;
  readonly commit: StatementSync;
}

/** By database: preparing them takes three times as long as running them. */
const TRANSACTIONS = new WeakMap<DatabaseSync, TransactionStatements>();

function transactionOf(database: DatabaseSync): TransactionStatements {
  const known = TRANSACTIONS.get(database);
  if (known !== undefined) return known;
  const begin = database.prepare("BEGIN IMMEDIATE");
  const beginReading = database.prepare("BEGIN");
  const made = { begin, beginReading, commit: database.prepare("COMMIT") };
  TRANSACTIONS.set(database, made);
  return made;
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

/** The code of a request that the database fails. */
export function databaseErrorCode(error: unknown): "busy" | "no-space" | "internal" {
  // The low byte of an extended result code is the primary code
  const primary = Number(sqliteCode(error)) & 0xff;
  if (primary === SQLITE_BUSY) return "busy";
  return primary === SQLITE_FULL ? "no-space" : "internal";
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
