import { assertEquals } from "@std/assert";
import { openDatabase, stopWaitingForLocks } from "../../lib/files/database.ts";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { HeldFiles } from "../../lib/files/held_files.ts";
import { Holdings } from "../../lib/files/holdings.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("HeldFiles.doubt: has a file checked next, and does not throw while another process writes", async () => {
  using folder = new TempDir();
  const path = folder.join("a.db");
  using database = openDatabase(path);
  using other = openDatabase(path);
  stopWaitingForLocks(database);
  const held = new HeldFiles(await DirectoryStore.open(folder.path), new Holdings(database));
  const stamp = { sizeBytes: 1, modifiedMs: 1, changedMs: 1, inode: 1 };
  held.note("a", { stamp, sha256: sha256Of("a"), checkedMs: 500, isWrong: false });
  other.exec("BEGIN IMMEDIATE");
  held.doubt(sha256Of("a"));
  other.exec("ROLLBACK");
  assertEquals(held.holdings.due(0, null), null);
  held.doubt(sha256Of("a"), 500);
  assertEquals(held.holdings.due(0, null), null);
  held.doubt(sha256Of("a"));
  assertEquals(held.holdings.due(0, null)?.path, "a");
});
