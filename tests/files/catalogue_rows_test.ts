import { assertEquals, assertThrows } from "@std/assert";
import { CatalogueListing } from "../../lib/files/catalogue_listing.ts";
import { CatalogueChanges } from "../../lib/files/catalogue_changes.ts";
import { type CatalogueFile, CatalogueRows } from "../../lib/files/catalogue_rows.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { RequestError } from "../../lib/protocol/errors.ts";

const ANY = { replace: true, former: null };
const NEW = { replace: false, former: null };

function fileOf(content: string): CatalogueFile {
  return { size: content.length, mtimeMs: 5, sha256: content.padEnd(64, "0"), isExecutable: false };
}

function openRows() {
  const database = openDatabase(IN_MEMORY);
  return {
    database,
    rows: new CatalogueRows(database),
    changes: new CatalogueChanges(database),
    [Symbol.dispose]: () => database.close(),
  };
}

/** The refusal of a call: its code and its reason. */
function refusalOf(call: () => unknown): string {
  const error = assertThrows(call, RequestError);
  return [error.code, error.reason].filter((part) => part !== null).join(" ");
}

async function pathsIn(rows: CatalogueRows, folder: string, after: string | null = null) {
  const listing = new CatalogueListing(rows, folder, { recursive: true, after });
  const paths: string[] = [];
  for (let entry = await listing.peek(); entry !== null; entry = await listing.peek()) {
    paths.push(entry.path);
    listing.advance();
  }
  return paths;
}

Deno.test("CatalogueRows: a file is found by its very path, and its folders are made", async () => {
  using opened = openRows();
  const { rows, changes } = opened;
  assertEquals(changes.put("a/b/x", fileOf("1"), NEW, 7), "made");
  assertEquals(rows.find("a/b/x")?.sha256, fileOf("1").sha256);
  assertEquals(rows.find("a/b")?.type, "folder");
  assertEquals(rows.find("a/b")?.mtimeMs, 7);
  assertEquals(rows.find("a/B"), null);
  assertEquals(rows.find("a/b/x/y"), null);
  assertEquals(await pathsIn(rows, ""), ["a", "a/b", "a/b/x"]);
});

Deno.test("CatalogueChanges: a path that is there is replaced only where that is asked for", () => {
  using opened = openRows();
  const { rows, changes } = opened;
  changes.put("x", fileOf("1"), NEW, 1);
  assertEquals(refusalOf(() => changes.put("x", fileOf("2"), NEW, 2)), "exists");
  assertEquals(changes.put("x", fileOf("1"), NEW, 2), "same");
  assertEquals(changes.put("x", fileOf("2"), ANY, 3), "replaced");
  const change = { replace: true, former: fileOf("1").sha256 };
  assertEquals(refusalOf(() => changes.put("x", fileOf("3"), change, 4)), "exists");
  assertEquals(rows.find("x")?.sha256, fileOf("2").sha256);
});

Deno.test("CatalogueChanges: a file and a folder never have one name", () => {
  using opened = openRows();
  const { changes } = opened;
  changes.put("a/x", fileOf("1"), NEW, 1);
  assertEquals(refusalOf(() => changes.put("a", fileOf("2"), ANY, 2)), "not-a-file");
  assertEquals(refusalOf(() => changes.put("a/x/y", fileOf("2"), ANY, 2)), "not-a-file");
  assertEquals(refusalOf(() => changes.makeFolder("a/x", 2)), "not-a-file");
  assertEquals(changes.makeFolder("a", 2), false);
  assertEquals(changes.makeFolder("b/c", 2), true);
});

Deno.test("CatalogueChanges: names that differ only in letter case are refused", () => {
  using opened = openRows();
  const { rows, changes } = opened;
  changes.put("Dir/Été", fileOf("1"), NEW, 1);
  assertEquals(refusalOf(() => changes.put("dir/x", fileOf("2"), ANY, 2)), "exists path-alike");
  assertEquals(refusalOf(() => changes.put("Dir/été", fileOf("2"), ANY, 2)), "exists path-alike");
  assertEquals(refusalOf(() => changes.makeFolder("dir", 2)), "exists path-alike");
  changes.put("x", fileOf("2"), NEW, 2);
  assertEquals(refusalOf(() => changes.move("x", "DIR", true, 3)), "exists path-alike");
  changes.move("Dir", "dir", false, 3);
  assertEquals(rows.find("dir/Été")?.size, 1);
});

Deno.test("CatalogueChanges: move takes a folder along with what is in it", async () => {
  using opened = openRows();
  const { rows, changes } = opened;
  changes.put("a/b/x", fileOf("1"), NEW, 1);
  changes.makeFolder("c", 1);
  changes.put("y", fileOf("2"), NEW, 1);
  changes.move("a", "c/d", false, 2);
  assertEquals(await pathsIn(rows, ""), ["c", "c/d", "c/d/b", "c/d/b/x", "y"]);
  assertEquals(refusalOf(() => changes.move("c", "c/d/e", false, 3)), "bad-path path-inside");
  assertEquals(refusalOf(() => changes.move("n", "m", false, 3)), "not-found");
  assertEquals(refusalOf(() => changes.move("y", "n/y", false, 3)), "not-found");
  assertEquals(refusalOf(() => changes.move("c", "y/c", false, 3)), "not-a-file");
  assertEquals(refusalOf(() => changes.move("y", "c", true, 3)), "not-a-file");
  assertEquals(refusalOf(() => changes.move("y", "y", true, 3)), "exists");
  assertEquals(refusalOf(() => changes.move("y", "c/d/b/x", false, 3)), "exists");
  changes.move("y", "c/d/b/x", true, 3);
  assertEquals(rows.find("c/d/b/x")?.sha256, fileOf("2").sha256);
});

Deno.test("CatalogueChanges: copies of a content are forgotten with its last path", () => {
  using opened = openRows();
  const { database, rows, changes } = opened;
  const { sha256 } = fileOf("1");
  const copies = () => database.prepare("SELECT server FROM copies").all().length;
  changes.put("x", fileOf("1"), NEW, 1);
  changes.put("y/z", fileOf("1"), NEW, 1);
  database.prepare("INSERT INTO copies VALUES (?, 'a')").run(sha256);
  assertEquals(rows.pathsOf(sha256, 5), ["x", "y/z"]);
  assertEquals(changes.remove("x", 2), "file");
  assertEquals(copies(), 1);
  assertEquals(changes.remove("y", 2), null, "the folder is not empty");
  changes.put("y/z", fileOf("2"), ANY, 3);
  assertEquals(copies(), 0);
  assertEquals(changes.remove("y/z", 2), "file");
  assertEquals(changes.remove("y", 2), "folder");
});

Deno.test("CatalogueListing: tells the hashes of files where they are wanted", async () => {
  using opened = openRows();
  const { rows, changes } = opened;
  changes.put("a/x", fileOf("1"), NEW, 1);
  for (
    const [options, sha256] of [[{}, undefined], [
      { hashesOf: () => [] },
      fileOf("1").sha256,
    ]] as const
  ) {
    const listing = new CatalogueListing(rows, "", { recursive: true, after: null, ...options });
    const hashes = [];
    for (let entry = await listing.peek(); entry !== null; entry = await listing.peek()) {
      hashes.push([entry.path, entry.sha256]);
      listing.advance();
    }
    assertEquals(hashes, [["a", undefined], ["a/x", sha256]]);
  }
});
