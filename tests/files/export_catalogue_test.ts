import { assertEquals } from "@std/assert";
import { CatalogueChanges } from "../../lib/files/catalogue_changes.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { exportCatalogue } from "../../lib/files/export_catalogue.ts";
import { stampOf } from "../../lib/files/file_stamp.ts";
import { HashIndex } from "../../lib/files/hash_index.ts";
import { Holdings } from "../../lib/files/holdings.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("exportCatalogue: a file whose bytes are wrong stays, and keeps its SHA-256, so that no client takes it", async () => {
  using root = new TempDir();
  const database = openDatabase(IN_MEMORY);
  const changes = new CatalogueChanges(database);
  const holdings = new Holdings(database);
  for (const path of ["right", "wrong"]) {
    root.write(path, path);
    const sha256 = sha256Of(path);
    const stamp = stampOf(Deno.statSync(root.join(path)));
    const file = { size: path.length, mtimeMs: 1, sha256, isExecutable: false };
    changes.put(path, file, { replace: false, former: null }, 1);
    holdings.set(path, { stamp, sha256, checkedMs: 1, isWrong: path === "wrong" });
  }
  assertEquals(await exportCatalogue(database, root.path), { placed: 0, missing: ["wrong"] });
  const index = new HashIndex(database);
  const known = (path: string) => {
    return index.find(root.join(path), stampOf(Deno.statSync(root.join(path))));
  };
  assertEquals([known("right"), known("wrong")], [null, sha256Of("wrong")]);
  assertEquals(root.list(), ["right", "wrong"]);
  database.close();
});
