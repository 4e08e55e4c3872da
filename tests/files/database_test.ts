import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { within } from "../helpers/deadline.ts";
import { TempDir } from "../helpers/temp_dir.ts";

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()!.user_version);
}

function tablesOf(database: DatabaseSync): unknown[] {
  return database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
    .map(({ name }) => name);
}

Deno.test("openDatabase makes the file, its folder and the schema", () => {
  using temp = new TempDir();
  const database = openDatabase(temp.join("a/b/state.db"));
  assertEquals(versionOf(database), 1);
  assertEquals(tablesOf(database), ["hashes"]);
  assertEquals(database.prepare("PRAGMA journal_mode").get()!.journal_mode, "wal");
  assertEquals(database.prepare("PRAGMA busy_timeout").get()!.timeout, 5_000);
  database.close();
  assertEquals(temp.list("a/b"), ["state.db"]);
  if (Deno.build.os !== "windows") {
    assertEquals(Deno.statSync(temp.join("a/b")).mode! & 0o777, 0o700);
  }
});

Deno.test("openDatabase leaves what is there as it is", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  for (let i = 0; i < 3; i++) {
    const database = openDatabase(path);
    assertEquals(database.prepare("SELECT count(*) AS n FROM hashes").get()!.n, i);
    database.prepare("INSERT INTO hashes VALUES (?, 1, 1, 1, 1, 'x')").run(`/${i}`);
    database.close();
  }
});

Deno.test("openDatabase brings an empty database up to date", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const old = new DatabaseSync(path);
  old.exec("CREATE TABLE other (x)"); // Somebody's; ours go beside it
  old.close();
  const database = openDatabase(path);
  assertEquals(versionOf(database), 1);
  assertEquals(tablesOf(database), ["hashes", "other"]);
  database.close();
});

Deno.test("two can have the database open at the same time", () => {
  using temp = new TempDir();
  const first = openDatabase(temp.join("state.db"));
  const second = openDatabase(temp.join("state.db"));
  first.prepare("INSERT INTO hashes VALUES ('/a', 1, 1, 1, 1, 'x')").run();
  assertEquals(second.prepare("SELECT sha256 FROM hashes").get()!.sha256, "x");
  first.close();
  second.close();
});

Deno.test("many can make the same database at the same time", async () => {
  const all = 3;
  for (let i = 0; i < 3; i++) {
    using temp = new TempDir();
    const path = temp.join("state.db");
    const counter = new Int32Array(new SharedArrayBuffer(4));
    const url = new URL("../helpers/database_opener.ts", import.meta.url);
    const workers = Array.from({ length: all }, () => new Worker(url, { type: "module" }));
    const outcomes = workers.map((worker) => {
      const { promise, resolve } = Promise.withResolvers<string | null>();
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage({ path, counter, all });
      return within(promise, "the database to open");
    });
    assertEquals(await Promise.all(outcomes), [null, null, null]);
    for (const worker of workers) worker.terminate();
  }
});

Deno.test("openDatabase refuses the database of a newer version, and leaves it as it is", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const newer = openDatabase(path);
  newer.exec("PRAGMA user_version = 2");
  newer.close();
  assertThrows(() => openDatabase(path), Error, "a newer version of tcp-chat wrote it (2)");
  const database = new DatabaseSync(path);
  assertEquals(versionOf(database), 2);
  database.close();
});

Deno.test("openDatabase refuses a file that is no database, and leaves it as it is", () => {
  using temp = new TempDir();
  const path = temp.write("state.db", "not a database ".repeat(100));
  assertThrows(() => openDatabase(path), Error, "not a database");
  assert(Deno.readTextFileSync(path).startsWith("not a database"));
});

Deno.test("openDatabase refuses a path where no file can be", () => {
  using temp = new TempDir();
  temp.write("file", "");
  assertThrows(() => openDatabase(temp.join("file/state.db")));
  assertThrows(() => openDatabase(temp.path));
});

Deno.test("a database in memory is gone when it is closed", () => {
  const first = openDatabase(IN_MEMORY);
  first.prepare("INSERT INTO hashes VALUES ('/a', 1, 1, 1, 1, 'x')").run();
  first.close();
  const second = openDatabase(IN_MEMORY);
  assertEquals(second.prepare("SELECT count(*) AS n FROM hashes").get()!.n, 0);
  second.close();
});
