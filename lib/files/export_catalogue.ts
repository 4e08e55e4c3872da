import { dirname, join } from "./path.ts";
import type { DatabaseSync } from "node:sqlite";
import { CatalogueListing } from "./catalogue_listing.ts";
import { CatalogueRows } from "./catalogue_rows.ts";
import { CONTENT_FOLDER } from "./content_folder.ts";
import { asDiskError } from "./disk_error.ts";
import { exists } from "./exists.ts";
import { makeMissingSync, syncFolder } from "./folders.ts";
import { HashIndex } from "./hash_index.ts";
import { type Holding, Holdings } from "./holdings.ts";
import { remainingOf } from "./listing.ts";
import { PRIVATE_FOLDER } from "../protocol/path.ts";

/** Of files that were hashed long after they were written, milliseconds since 1970. */
const NOT_FRESH_MS = 0;

/** What came of the files of a catalogue. */
export interface ExportedFiles {
  /** Files that got a place in the served folder. */
  readonly placed: number;
  /** Paths of files whose contents are not on this server. */
  readonly missing: readonly string[];
}

/**
 * Gives every file of the catalogue its place in the served folder, as far as its content is on this server, so
 * that the server can go on alone. What is at a place already stays; of a file whose bytes are known to be wrong the
 * right SHA-256 is remembered, so that clients do not take it.
 *
 * @param root the served folder, which may be missing
 * @throws {DiskError} if the disk is full, or cannot be written
 */
export async function exportCatalogue(
  database: DatabaseSync,
  root: string,
): Promise<ExportedFiles> {
  const rows = new CatalogueRows(database);
  const holdings = new Holdings(database);
  const index = new HashIndex(database);
  const missing: string[] = [];
  let placed = 0;
  const listing = new CatalogueListing(rows, "", { recursive: true, after: null });
  for await (const { path, type, size, mtime } of remainingOf(listing)) {
    const place = join(root, path);
    const sha256 = rows.find(path)?.sha256 ?? null;
    try {
      if (exists(place)) {
        if (rememberRight(index, place, holdings.find(path))) missing.push(path);
      } else if (type === "folder") makeMissingSync(place);
      else if (sha256 === null || !placeContent(sourcesOf(root, holdings, sha256), place, size)) {
        missing.push(path);
      } else {
        Deno.utimeSync(place, new Date(), new Date(mtime));
        placed++;
      }
    } catch (error) {
      throw asDiskError(error, place, "write");
    }
  }
  return { placed, missing };
}

/** Remembers the SHA-256 that a file had, if its bytes are known to be wrong; whether that is so. */
function rememberRight(index: HashIndex, place: string, holding: Holding | null): boolean {
  if (holding === null || holding.sha256 === null || !holding.isWrong) return false;
  index.store(Deno.realPathSync(place), holding.stamp, holding.sha256, NOT_FRESH_MS);
  return true;
}

/** Where a content may lie on this server: kept for others, or as another file. */
function sourcesOf(root: string, holdings: Holdings, sha256: string): string[] {
  const held = holdings.withHash(sha256, 4).map(({ path }) => join(root, path));
  return [join(root, PRIVATE_FOLDER, CONTENT_FOLDER, sha256), ...held];
}

/** Copies the first source of the right size; `false` if there is none. */
function placeContent(sources: readonly string[], place: string, sizeBytes: number): boolean {
  const isRight = (path: string) => exists(path) && Deno.lstatSync(path).size === sizeBytes;
  const source = sources.find(isRight);
  if (source === undefined && sizeBytes > 0) return false;
  makeMissingSync(dirname(place));
  if (source === undefined) Deno.writeFileSync(place, new Uint8Array());
  else copySynced(source, place);
  return true;
}

function copySynced(source: string, place: string): void {
  const copy = `${place}.part`;
  Deno.copyFileSync(source, copy);
  {
    using file = Deno.openSync(copy, { write: true });
    file.syncSync();
  }
  Deno.renameSync(copy, place);
  syncFolder(dirname(place));
}
