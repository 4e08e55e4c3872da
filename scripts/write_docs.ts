/**
 * Writes the tables of the READMEs and of `docs/` from the tables of the code, between the markers
 * `<!-- table: NAME -->` and `<!-- /table -->`.
 *
 * @module
 */
import { fillTables, listPages, readPage, writePage } from "./docs/pages.ts";

for (const page of listPages()) {
  const before = readPage(page);
  const after = fillTables(before, page.language);
  if (after === before) continue;
  writePage(page, after);
  console.log(`${page.path} is written`);
}
