import { assertEquals } from "@std/assert";
import { CatalogueListing } from "../../lib/files/catalogue_listing.ts";
import { CatalogueChanges } from "../../lib/files/catalogue_changes.ts";
import { CatalogueRows } from "../../lib/files/catalogue_rows.ts";
import { IN_MEMORY, inTransaction, openDatabase } from "../../lib/files/database.ts";

Deno.test("CatalogueListing: 100,000 entries hold up no turn", async () => {
  using database = openDatabase(IN_MEMORY);
  const rows = new CatalogueRows(database);
  const changes = new CatalogueChanges(database);
  const file = { size: 1, mtimeMs: 1, sha256: "1".repeat(64), isExecutable: false };
  const policy = { replace: false, former: null };
  inTransaction(database, () => {
    for (let i = 0; i < 100_000; i++) changes.put(`all/${i % 10}/${i}`, file, policy, 1);
  });
  let longestMs = 0;
  let lastMs = performance.now();
  let isOver = false;
  const watch = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    if (!isOver) setTimeout(watch, 0);
  };
  watch();
  const listing = new CatalogueListing(rows, "all", { recursive: true, after: null });
  let count = 0;
  for (; await listing.peek() !== null; listing.advance()) count++;
  isOver = true;
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(count, 100_010);
  assertEquals(longestMs < 100, true, `a turn took ${longestMs} ms`);
});
