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

/** The current schema version, and its tables. */
const VERSION = 19;
const TABLES = [
  "account_settings",
  "accounts",
  "bans",
  "catalogue",
  "chains",
  "cluster",
  "cluster_rules",
  "copies",
  "expected_files",
  "hashes",
  "holdings",
  "kept_messages",
  "known_logins",
  "link_claims",
  "link_files",
  "links",
  "messages",
  "nicks",
  "origins",
  "rooms",
  "rule_parts",
  "seen_rules",
  "servers",
  "sqlite_sequence",
];

/** Takes back what was added since version 9. */
const BACK_TO_9 = `${
  dropTables(
    "links",
    "link_claims",
    "link_files",
    "cluster",
    "chains",
    "origins",
    "servers",
    "catalogue",
    "copies",
    "holdings",
    "nicks",
    "cluster_rules",
    "rule_parts",
    "seen_rules",
  )
}
   DROP INDEX hashes_by_sha256;
   PRAGMA user_version = 9`;

function dropTables(...tables: readonly string[]): string {
  return tables.map((table) => `DROP TABLE ${table};`).join("");
}

Deno.test("openDatabase: creates the file, its folder and the schema", () => {
  using temp = new TempDir();
  const database = openDatabase(temp.join("a/b/state.db"));
  assertEquals(versionOf(database), VERSION);
  assertEquals(tablesOf(database), TABLES);
  assertEquals(database.prepare("PRAGMA journal_mode").get()!.journal_mode, "wal");
  // NORMAL: in WAL mode a power cut damages nothing; OFF would not sync at all
  assertEquals(database.prepare("PRAGMA synchronous").get()!.synchronous, 1);
  assertEquals(database.prepare("PRAGMA busy_timeout").get()!.timeout, 5_000);
  database.close();
  assertEquals(temp.list("a/b"), ["state.db"]);
  if (Deno.build.os !== "windows") {
    assertEquals(Deno.statSync(temp.join("a/b")).mode! & 0o777, 0o700);
  }
});

Deno.test({
  name: "openDatabase: gives the database and the files beside it mode 0600",
  ignore: Deno.build.os === "windows",
  fn() {
    using temp = new TempDir();
    Deno.chmodSync(temp.path, 0o755);
    const path = temp.write("state.db", "");
    Deno.chmodSync(path, 0o644);
    const database = openDatabase(path);
    database.exec("INSERT INTO hashes VALUES ('/a', 1, 1, 1, 1, 'x')");
    assertEquals(temp.list(), ["state.db", "state.db-shm", "state.db-wal"]);
    for (const name of temp.list()) {
      assertEquals(Deno.statSync(temp.join(name)).mode! & 0o777, 0o600, name);
    }
    database.close();
  },
});

Deno.test("openDatabase: keeps the rows of an existing database", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  for (let i = 0; i < 3; i++) {
    const database = openDatabase(path);
    assertEquals(database.prepare("SELECT count(*) AS n FROM hashes").get()!.n, i);
    database.prepare("INSERT INTO hashes VALUES (?, 1, 1, 1, 1, 'x')").run(`/${i}`);
    database.close();
  }
});

Deno.test("openDatabase: migrates a database of version 0", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const old = new DatabaseSync(path);
  old.exec("CREATE TABLE other (x)"); // A foreign table stays
  old.close();
  const database = openDatabase(path);
  assertEquals(versionOf(database), VERSION);
  assertEquals(tablesOf(database), [...TABLES, "other"].sort());
  database.close();
});

Deno.test("openDatabase: migrates a database of an older version, and keeps its rows", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const old = openDatabase(path);
  old.prepare("INSERT INTO hashes VALUES ('/a', 1, 1, 1, 1, 'x')").run();
  old.exec(BACK_TO_9);
  old.exec(
    "DROP TABLE accounts; DROP TABLE account_settings; DROP TABLE bans; DROP TABLE messages; DROP TABLE rooms; DROP TABLE kept_messages; DROP TABLE known_logins; PRAGMA user_version = 1",
  );
  old.close();
  const database = openDatabase(path);
  assertEquals(versionOf(database), VERSION);
  assertEquals(tablesOf(database), TABLES);
  assertEquals(database.prepare("SELECT count(*) AS n FROM hashes").get()!.n, 1);
  database.close();
});

Deno.test("openDatabase: migrates rooms from before they had topics, and keeps them", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const old = openDatabase(path);
  old.exec(BACK_TO_9);
  old.exec(
    `DROP TABLE kept_messages;
     DROP TABLE known_logins;
     DROP TABLE rooms;
     CREATE TABLE rooms (room TEXT PRIMARY KEY, seq INTEGER NOT NULL, spoken_ms INTEGER NOT NULL)
       WITHOUT ROWID;
     INSERT INTO rooms VALUES ('lobby', 7, 1000);
     PRAGMA user_version = 4`,
  );
  old.close();
  const database = openDatabase(path);
  assertEquals(versionOf(database), VERSION);
  assertEquals({ ...database.prepare("SELECT * FROM rooms").get() }, {
    room: "lobby",
    seq: 7,
    spoken_ms: 1_000,
    topic: null,
    topic_from: null,
    topic_ms: null,
  });
  database.close();
});

Deno.test("openDatabase: migrates a database from before private messages were kept", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const old = openDatabase(path);
  old.exec(BACK_TO_9);
  old.exec("DROP TABLE kept_messages; DROP TABLE known_logins; PRAGMA user_version = 5");
  old.exec("INSERT INTO rooms (room, seq, spoken_ms) VALUES ('lobby', 7, 1000)");
  old.close();
  const database = openDatabase(path);
  assertEquals([versionOf(database), tablesOf(database)], [VERSION, TABLES]);
  assertEquals(database.prepare("SELECT seq FROM rooms").get()!.seq, 7);
  database.close();
});

Deno.test("openDatabase: migrates private messages from before networks were counted, and keeps them", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const old = openDatabase(path);
  old.exec(BACK_TO_9);
  old.exec(
    `DROP TABLE known_logins; DROP INDEX kept_messages_by_end; DROP INDEX kept_messages_by_network; ALTER TABLE kept_messages DROP COLUMN network;
     INSERT INTO kept_messages (owner, event, until_ms) VALUES ('client:1', '{}', 1);
     PRAGMA user_version = 6`,
  );
  old.close();
  const database = openDatabase(path);
  const row = database.prepare("SELECT owner, network FROM kept_messages").get()!;
  assertEquals([versionOf(database), row.owner, row.network], [VERSION, "client:1", null]);
  database.close();
});

Deno.test("openDatabase: migrates private messages from before their ends had an index, and keeps them", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const old = openDatabase(path);
  old.exec(BACK_TO_9);
  old.exec(
    `DROP TABLE known_logins; DROP INDEX kept_messages_by_end;
     INSERT INTO kept_messages (owner, event, until_ms) VALUES ('client:1', '{}', 1);
     PRAGMA user_version = 7`,
  );
  old.close();
  const database = openDatabase(path);
  const row = database.prepare("SELECT owner FROM kept_messages WHERE until_ms = 1").get()!;
  assertEquals([versionOf(database), row.owner], [VERSION, "client:1"]);
  database.close();
});

Deno.test("openDatabase: opens the same database twice", () => {
  using temp = new TempDir();
  const first = openDatabase(temp.join("state.db"));
  const second = openDatabase(temp.join("state.db"));
  first.prepare("INSERT INTO hashes VALUES ('/a', 1, 1, 1, 1, 'x')").run();
  assertEquals(second.prepare("SELECT sha256 FROM hashes").get()!.sha256, "x");
  first.close();
  second.close();
});

Deno.test("openDatabase: survives concurrent creation of the same database", async () => {
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

Deno.test("openDatabase: refuses a database of a newer version, and leaves it unchanged", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const newer = openDatabase(path);
  newer.exec(`PRAGMA user_version = ${VERSION + 1}`);
  newer.close();
  const expected = `a newer version of tcp-chat wrote it (${VERSION + 1})`;
  assertThrows(() => openDatabase(path), Error, expected);
  const database = new DatabaseSync(path);
  assertEquals(versionOf(database), VERSION + 1);
  database.close();
});

Deno.test("openDatabase: refuses a file that is not a database, and leaves it unchanged", () => {
  using temp = new TempDir();
  const path = temp.write("state.db", "not a database ".repeat(100));
  assertThrows(() => openDatabase(path), Error, "not a database");
  assert(Deno.readTextFileSync(path).startsWith("not a database"));
});

Deno.test("openDatabase: refuses a database with any damaged page, and leaves it unchanged", () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  openDatabase(path).close();
  const whole = Deno.readFileSync(path);
  for (let page = 1; page < whole.length / 4096; page++) {
    const damaged = whole.slice();
    damaged.fill(0x55, page * 4096, page * 4096 + 100);
    Deno.writeFileSync(path, damaged);
    assertThrows(() => openDatabase(path), Error, "database", `page ${page}`);
    assertEquals(Deno.readFileSync(path), damaged);
    assertEquals(temp.list(), ["state.db"]);
  }
});

Deno.test("openDatabase: refuses a path where no file can exist", () => {
  using temp = new TempDir();
  temp.write("file", "");
  assertThrows(() => openDatabase(temp.join("file/state.db")));
  assertThrows(() => openDatabase(temp.path));
});

Deno.test("openDatabase: opens an empty database in memory every time", () => {
  const first = openDatabase(IN_MEMORY);
  first.prepare("INSERT INTO hashes VALUES ('/a', 1, 1, 1, 1, 'x')").run();
  first.close();
  const second = openDatabase(IN_MEMORY);
  assertEquals(second.prepare("SELECT count(*) AS n FROM hashes").get()!.n, 0);
  second.close();
});
