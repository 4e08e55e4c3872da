import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../lib/files/database.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { assertServesOn } from "../helpers/serves_on.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("the data folder is made, for the owner's eyes only", async () => {
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

Deno.test("a data folder that is a file is told, and the server serves on", async () => {
  using folder = new TempDir();
  const dataDirectory = folder.write("file", "content");
  await using server = await startServer({ maxClients: 100, dataDirectory });
  assertStringIncludes((await server.waitFor("error")).message, `Cannot use ${dataDirectory}`);
  await assertServesOn(server);
  assertEquals(Deno.readTextFileSync(dataDirectory), "content");
});

Deno.test("a database that is none is told, left alone, and the server serves on", async () => {
  using folder = new TempDir();
  const garbage = "this is no database".repeat(100);
  const path = folder.write("tcp-chat.db", garbage);
  await using server = await startServer({ maxClients: 100, dataDirectory: folder.path });
  assertStringIncludes((await server.waitFor("error")).message, `Cannot use ${path}`);
  await assertServesOn(server);
  assertEquals(Deno.readTextFileSync(path), garbage);
});

Deno.test("a database of a newer version is told, left alone, and the server serves on", async () => {
  using folder = new TempDir();
  const path = folder.join("tcp-chat.db");
  const newer = openDatabase(path);
  newer.exec("PRAGMA user_version = 999");
  newer.close();
  await using server = await startServer({ maxClients: 100, dataDirectory: folder.path });
  assertStringIncludes((await server.waitFor("error")).message, "newer version");
  await assertServesOn(server);
  using database = openDatabaseUnchecked(path);
  assertEquals(database.prepare("PRAGMA user_version").get()!.user_version, 999);
});

Deno.test("files are served on when the database takes no more hashes", async () => {
  using _later = new ShiftedClock();
  using folder = new TempDir();
  const full = openDatabase(folder.join("tcp-chat.db"));
  // Stands in for a disk that is full: every write fails
  full.exec(
    "CREATE TRIGGER full BEFORE INSERT ON hashes BEGIN SELECT RAISE(FAIL, 'disk is full'); END",
  );
  full.close();
  await using server = await startServer({ maxClients: 100, dataDirectory: folder.path });
  await assertServesOn(server);
  assertStringIncludes((await server.waitFor("error")).message, "disk is full");
});

Deno.test("two servers share a data folder", async () => {
  using _later = new ShiftedClock();
  using folder = new TempDir();
  await using first = await startServer({ maxClients: 100, dataDirectory: folder.path });
  await using second = await startServer({ maxClients: 100, dataDirectory: folder.path });
  await Promise.all([assertServesOn(first), assertServesOn(second)]);
  assertEquals([...first.eventsOf("error"), ...second.eventsOf("error")], []);
});

function openDatabaseUnchecked(path: string) {
  const copy = `${path}.copy`;
  Deno.copyFileSync(path, copy);
  return new DatabaseSync(copy);
}
