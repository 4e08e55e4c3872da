import type { Reservation } from "../../accounts/link_store.ts";
import type { FileStamp } from "../../files/file_stamp.ts";
import type { UploadedBatch, UploadedResult } from "../../files/upload_batch.ts";
import { sha256At } from "../../protocol/batch_head.ts";
import { isOutcomeUnknown, RequestError } from "../../protocol/errors.ts";
import type { Catalogue } from "../../transfer/catalogue.ts";
import type { UploadBatch } from "../../worker/batch_jobs.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import type { SessionContext } from "../context/session_context.ts";
import { checkFree, type LinkUse } from "./catalogue_uploads.ts";

/** What {@link storeCatalogued} stores with. */
export interface CatalogueStorage {
  readonly catalogue: Catalogue;
  readonly worker: FileWorker;
  /** What each file is to the link that it comes by; `null` if it comes by none. */
  readonly rooms: readonly (Reservation | null)[];
}

/**
 * Stores the files of a batch that are new in the catalogue: first in the served folder, where the catalogue
 * does not count them yet, then in the catalogue. One that it refuses is removed again; where that fails, the
 * server dies before, or it is not known whether the catalogue has it, the next look at the folder finds the file
 * like any other. Until then, no look takes it for a new one. One that comes by a link is made a part where that is
 * not known, since that look asks no link: it gets its name once the catalogue has it.
 */
export async function storeCatalogued(
  context: SessionContext,
  { catalogue, worker, rooms }: CatalogueStorage,
  batch: UploadBatch,
): Promise<UploadedBatch> {
  const { services: { store: { folder }, uploadLocks }, identity } = context;
  const link = identity.link?.link.id ?? null;
  const known = batch.paths.map((path, i) => knownResult(catalogue, batch, path, i));
  const paths = batch.paths.map((path, i) => known[i] === "new" ? path : null);
  const wanted = { ...batch, paths, replace: false };
  const places = paths.flatMap((path) => path === null ? [] : catalogue.held.placeOf(path));
  using _ = uploadLocks.storing(places);
  const stored = await worker.call("storeUploads", [folder, wanted], [batch.content.buffer]);
  const folders = [...stored.folders];
  const results = await Promise.all(stored.results.map(async (result, i) => {
    const was = known[i];
    if (was !== undefined && was !== "new") return was;
    if (result !== "stored" && result !== "same") return result;
    const stamp = stored.stamps[i] ?? null;
    const how = await put(catalogue, batch, i, { id: link, room: rooms[i] ?? null }, stamp);
    if (how === "put") return result;
    const path = batch.paths[i] ?? "";
    if (stamp !== null && how === "refused") await removeAgain(context, catalogue, path);
    if (stamp !== null && how === "unknown" && link !== null) {
      const base = await makePart(context, catalogue, path, stamp);
      if (base !== null) folders.push(base);
    }
    return null;
  }));
  return { results, stamps: stored.stamps, folders };
}

/** What is known of a file before it is stored; `new` if it may be. */
function knownResult(
  catalogue: Catalogue,
  { readable, sha256 }: UploadBatch,
  path: string | null,
  index: number,
): UploadedResult | "new" {
  if (path === null) return null;
  try {
    checkFree(catalogue, path, false);
    return "new";
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const row = catalogue.rows.find(path);
    const wanted = sha256At(sha256, index);
    const isSame = row?.sha256 === wanted && readable[index] === true;
    return isSame && catalogue.hasCopy(wanted) ? "same" : null;
  }
}

/**
 * Puts a file; `unknown` if the catalogue may have it.
 *
 * @param stamp the state in which it was stored; `null` for one that was there
 */
async function put(
  catalogue: Catalogue,
  { paths, sizes, mtimes, sha256: hashes, exec }: UploadBatch,
  index: number,
  link: LinkUse,
  stamp: FileStamp | null,
): Promise<"put" | "refused" | "unknown"> {
  const path = paths[index] ?? "";
  const sha256 = sha256At(hashes, index);
  const file = { path, size: sizes[index] ?? 0, mtimeMs: mtimes[index] ?? 0, sha256 };
  try {
    const isExecutable = exec.includes(index);
    await catalogue.put({ ...file, isExecutable, replace: false, link: link.id });
    link.room?.spend({ path, sha256 });
    await catalogue.stored(path, sha256, stamp ?? undefined);
    return "put";
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return isOutcomeUnknown(error) ? "unknown" : "refused";
  }
}

async function removeAgain(
  { services: { pool, store }, identity: { owner } }: SessionContext,
  { held }: Catalogue,
  path: string,
): Promise<void> {
  await pool.lookUp("removeEntry", [store.folder, held.placeOf(path)], owner).catch(() => {});
}

/** Returns the folder in whose private folder the part is; `null` if there is none. */
async function makePart(
  { services: { pool }, identity: { owner } }: SessionContext,
  catalogue: Catalogue,
  path: string,
  stamp: FileStamp,
): Promise<string | null> {
  const place = catalogue.held.placeOf(path);
  const base = await pool.lookUp("takeNameBack", [place, stamp], owner).catch(() => null);
  catalogue.mendSoon();
  return base;
}
