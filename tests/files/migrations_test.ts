import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { isShared, restoreSnapshot, writeSnapshot } from "../../lib/files/database_snapshot.ts";
import { MIGRATIONS, SNAPSHOT_SCHEMA } from "../../lib/files/migrations.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The columns of the tables that all servers of a cluster have in common, by table. */
function sharedColumns(database: DatabaseSync): Map<string, unknown> {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  return new Map(
    tables.map(({ name }) => String(name)).filter(isShared)
      .map((name) => [name, database.prepare(`SELECT * FROM ${name}`).columns()]),
  );
}

/** A database as the first server made it that can read the snapshots of this one. */
function openEarlier(path: string = IN_MEMORY): DatabaseSync {
  const database = new DatabaseSync(path);
  for (const migration of MIGRATIONS.slice(0, SNAPSHOT_SCHEMA)) database.exec(migration);
  database.exec(`PRAGMA user_version = ${SNAPSHOT_SCHEMA}`);
  return database;
}

Deno.test("MIGRATIONS: those that snapshots do not tell of leave shared tables as they are, and run twice", () => {
  const earlier = openEarlier();
  const columns = sharedColumns(earlier);
  const later = MIGRATIONS.slice(SNAPSHOT_SCHEMA);
  for (const migration of [...later, ...later]) earlier.exec(migration);
  const now = sharedColumns(earlier);
  assertEquals(new Map([...columns.keys()].map((name) => [name, now.get(name)])), columns);
  earlier.close();
});

Deno.test("openDatabase: migrates links from before their files were kept, and keeps them", () => {
  using temp = new TempDir();
  const old = openEarlier(temp.join("state.db"));
  old.exec("INSERT INTO link_claims VALUES ('aaaaaaaa', 'one', 1)");
  old.close();
  const database = openDatabase(temp.join("state.db"));
  assertEquals(database.prepare("SELECT claim FROM link_claims").get()!.claim, "one");
  assertEquals(database.prepare("SELECT * FROM link_files").all(), []);
  database.close();
});

Deno.test("writeSnapshot: servers of an earlier schema can read it, and lose nothing for those of this one", () => {
  using temp = new TempDir();
  const source = openDatabase(temp.join("state.db"));
  source.exec("INSERT INTO link_files VALUES (7, 'aaaaaaaa', 'x')");
  writeSnapshot(temp.join("state.db"), temp.join("snapshot.db"));
  source.close();
  const version = new DatabaseSync(temp.join("snapshot.db"));
  assertEquals(version.prepare("PRAGMA user_version").get()!.user_version, SNAPSHOT_SCHEMA);
  version.close();
  for (const database of [openEarlier(), openDatabase(IN_MEMORY)]) {
    const hasFiles = sharedColumns(database).has("link_files");
    restoreSnapshot(database, temp.join("snapshot.db"));
    const found = hasFiles ? database.prepare("SELECT number FROM link_files").all() : [];
    assertEquals(found.map(({ number }) => number), hasFiles ? [7] : []);
    database.close();
  }
});
