import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { DiskError } from "../../lib/files/disk_error.ts";
import { openDatabase } from "../../lib/files/database.ts";
import { startServer } from "../helpers/servers.ts";
import { assertServesOn } from "../helpers/serves_on.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("server: creates the data folder, readable by its owner only", async () => {
  using folder = new TempDir();
  await using server = await startServer({
    maxClients: 100,
    dataDirectory: folder.join("not", "yet"),
  });
  await assertServesOn(server);
  assertEquals(server.eventsOf("error"), []);
  assert(folder.list("not/yet").includes("tcp-chat.db"));
  if (Deno.build.os === "windows") return;
  assertEquals(Deno.statSync(folder.join("not", "yet")).mode! & 0o777, 0o700);
});

Deno.test("serve: refuses to start with a database that cannot be used, unless told otherwise", async () => {
  using folder = new TempDir();
  const path = folder.write("tcp-chat.db", "not a database".repeat(100));
  const error = await assertRejects(() => startServer({ dataDirectory: folder.path }), DiskError);
  assertStringIncludes(error.message, path);
  assertStringIncludes(error.message, "--without-database");
});

Deno.test("server: reports a data folder that is a file, and serves without it", async () => {
  using folder = new TempDir();
  const dataDirectory = folder.write("file", "content");
  await using server = await startServer({ maxClients: 100, dataDirectory, withoutDatabase: true });
  assertStringIncludes((await server.waitFor("error")).message, `Cannot use ${dataDirectory}`);
  await assertServesOn(server);
  assertEquals(Deno.readTextFileSync(dataDirectory), "content");
});

Deno.test("server: reports a file that is not a database, keeps it, and serves without it", async () => {
  using folder = new TempDir();
  const garbage = "not a database".repeat(100);
  const path = folder.write("tcp-chat.db", garbage);
  await using server = await startServer({
    maxClients: 100,
    dataDirectory: folder.path,
    withoutDatabase: true,
  });
  assertStringIncludes((await server.waitFor("error")).message, `Cannot use ${path}`);
  await assertServesOn(server);
  assertEquals(Deno.readTextFileSync(path), garbage);
});

Deno.test("server: reports a database of a newer version, keeps it, and serves without it", async () => {
  using folder = new TempDir();
  const path = folder.join("tcp-chat.db");
  const newer = openDatabase(path);
  newer.exec("PRAGMA user_version = 999");
  newer.close();
  await using server = await startServer({
    maxClients: 100,
    dataDirectory: folder.path,
    withoutDatabase: true,
  });
  assertStringIncludes((await server.waitFor("error")).message, "newer version");
  await assertServesOn(server);
  using database = openDatabaseUnchecked(path);
  assertEquals(database.prepare("PRAGMA user_version").get()!.user_version, 999);
});

Deno.test("server: serves files when the database cannot store hashes", async () => {
  using _later = new ShiftedClock();
  using folder = new TempDir();
  const full = openDatabase(folder.join("tcp-chat.db"));
  // Like a full disk: every write fails
  full.exec(
    "CREATE TRIGGER full BEFORE INSERT ON hashes BEGIN SELECT RAISE(FAIL, 'disk is full'); END",
  );
  full.close();
  await using server = await startServer({ maxClients: 100, dataDirectory: folder.path });
  await assertServesOn(server);
  assertStringIncludes((await server.waitFor("error")).message, "disk is full");
});

Deno.test("serve: refuses a data folder that another server uses, until that one has stopped", async () => {
  using folder = new TempDir();
  const options = { maxClients: 100, dataDirectory: folder.path };
  const first = await startServer(options);
  try {
    const error = await assertRejects(() => startServer(options), DiskError);
    assertEquals([error.code, error.path], ["in-use", folder.path]);
    await assertServesOn(first);
  } finally {
    await first[Symbol.asyncDispose]();
  }
  await using second = await startServer(options);
  await assertServesOn(second);
  assertEquals(second.eventsOf("error"), []);
});

function openDatabaseUnchecked(path: string) {
  const copy = `${path}.copy`;
  Deno.copyFileSync(path, copy);
  return new DatabaseSync(copy);
}
