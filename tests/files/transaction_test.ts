import { assertEquals, assertThrows } from "@std/assert";
import { inTransaction, openDatabase, stopWaitingForLocks } from "../../lib/files/database.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("inTransaction: fails with the code of SQLite while another process writes, and at its end", () => {
  using folder = new TempDir();
  const path = folder.join("a.db");
  const [database, other] = [openDatabase(path), openDatabase(path)];
  stopWaitingForLocks(database);
  other.exec("BEGIN IMMEDIATE");
  const locked = assertThrows(() => inTransaction(database, () => {}));
  assertEquals((locked as { errcode?: number }).errcode, 5);
  other.exec("ROLLBACK");
  database.exec("CREATE TABLE one (id INTEGER PRIMARY KEY)");
  database.exec("CREATE TABLE many (id INTEGER REFERENCES one (id) DEFERRABLE INITIALLY DEFERRED)");
  database.exec("PRAGMA foreign_keys = ON");
  const broken = assertThrows(() =>
    inTransaction(database, () => database.exec("INSERT INTO many VALUES (1)"))
  );
  assertEquals((broken as { errcode?: number }).errcode, 787); // SQLITE_CONSTRAINT_FOREIGNKEY
  assertEquals(database.isTransaction, false);
  assertEquals(inTransaction(database, () => "later"), "later");
  for (const each of [database, other]) each.close();
});
