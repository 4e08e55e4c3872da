import { CatalogueListing } from "../../files/catalogue_listing.ts";
import { contentVersion } from "../../files/content_version.ts";
import { type ListedPages, type ListingOptions, remainingOf } from "../../files/listing.ts";
import type { OmissionReason } from "../../protocol/answers.ts";
import { foldersAbove } from "../../protocol/path.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { Requests } from "../../protocol/requests.ts";
import type { Catalogue } from "../../transfer/catalogue.ts";
import { lookUpInCatalogue } from "../../transfer/look_up_in_catalogue.ts";
import { type AccessContext, accessPath, lookUpPath, visibleTo } from "../context/path_access.ts";
import { recordMove, recordRemoval } from "../context/record_transfer.ts";
import { OmissionTally } from "./omission_tally.ts";

/** Paths that are removed together. */
const REMOVED_AT_ONCE = 1_024;

/** Lists a folder. @throws {RequestError} `not-found` */
export function listCatalogue(
  { rows }: Catalogue,
  path: string,
  options: Omit<ListingOptions, "reader">,
): ListedPages {
  return new CatalogueListing(rows, path, options);
}

/** Answers STAT of a file: all of it is in the catalogue. */
export function statInCatalogue({ rows }: Catalogue, path: string): JsonObject {
  const row = rows.find(path);
  if (row === null || row.sha256 === null) throw new RequestError("not-found"); // It was just removed
  const { size, mtimeMs: mtime, sha256, isExecutable } = row;
  const version = contentVersion(sha256);
  return { path, type: "file", size, mtime, version, sha256, ...(isExecutable && { exec: true }) };
}

/** Answers MKDR. */
export async function makeInCatalogue(
  context: AccessContext,
  catalogue: Catalogue,
  path: string,
): Promise<JsonObject> {
  const realPath = catalogue.held.placeOf(path);
  await accessPath(context, { request: "MKDR", path }, () => Promise.resolve({ realPath }));
  const isNew = path !== "" && await catalogue.makeFolder(path);
  return { path, ...(!isNew && { exists: true }) };
}

/** Answers MOVE (section 3.11 of the protocol). */
export async function moveInCatalogue(
  context: AccessContext,
  catalogue: Catalogue,
  { path, to, replace }: Pick<Requests["MOVE"], "path" | "to" | "replace">,
): Promise<JsonObject> {
  const { services: { uploadLocks }, identity } = context;
  const { info } = await accessPath(
    context,
    { request: "MOVE", path },
    () => lookUpPath(context, path),
  );
  const realPath = catalogue.held.placeOf(to);
  const target = { request: "FPUT", path: to, replace } as const;
  await accessPath(context, target, () => Promise.resolve({ realPath }));
  if (info.isDirectory) {
    const may = identity.mayBelow(path, "delete") && identity.mayBelow(to, "write");
    if (!may) throw new RequestError("denied", undefined, { reason: "rules-below" });
  }
  const places = [catalogue.held.placeOf(path), realPath];
  await uploadLocks.without(places, () => catalogue.move(path, to, replace));
  recordMove(context, path, to);
  return { path, to };
}

/** What {@link removeInCatalogue} removes. */
interface Removal extends Pick<Requests["DELE"], "path" | "recursive"> {
  readonly signal: AbortSignal;
}

/** Answers DELE (section 3.11 of the protocol). */
export async function removeInCatalogue(
  context: AccessContext,
  catalogue: Catalogue,
  { path, recursive, signal }: Removal,
): Promise<JsonObject> {
  const look = () => lookUpPath(context, path);
  const { info } = await accessPath(context, { request: "DELE", path }, look);
  if (info.isDirectory && !recursive) throw new RequestError("not-a-file");
  const removal = new CatalogueRemoval(context, catalogue);
  try {
    if (info.isDirectory) await removal.removeBelow(path, signal);
    await removal.remove([path]);
  } finally {
    const { files, folders, omitted } = removal;
    recordRemoval(context, { path, files, folders, ...(omitted && { left: omitted.count }) });
  }
  const { files, folders, omitted } = removal;
  const isStill = lookUpInCatalogue(catalogue, path) !== null;
  if (files + folders === 0 && !isStill) throw new RequestError("not-found");
  return { path, files, folders, ...(omitted && { omitted }) };
}

/** Removes what a client may remove, and counts it. */
class CatalogueRemoval {
  readonly #context: AccessContext;
  readonly #catalogue: Catalogue;
  readonly #omitted = new OmissionTally();
  /** Folders above what is left. */
  readonly #left = new Set<string>();
  files = 0;
  folders = 0;

  constructor(context: AccessContext, catalogue: Catalogue) {
    this.#context = context;
    this.#catalogue = catalogue;
  }

  /** What is left, as far as the client may see it; `null` if nothing is. */
  get omitted(): OmissionTally["all"] {
    return this.#omitted.all;
  }

  /** Removes what is in a folder: the files as they are found, then the folders, the deepest first. */
  async removeBelow(folder: string, signal: AbortSignal): Promise<void> {
    const { identity } = this.#context;
    const options = { recursive: true, after: null, isVisible: visibleTo(identity) };
    const listing = new CatalogueListing(this.#catalogue.rows, folder, options);
    const folders: string[] = [];
    let files: string[] = [];
    for await (const { path, type } of remainingOf(listing, signal)) {
      if (type === "folder") folders.push(path);
      else if (identity.mayDelete(path)) files.push(path);
      else this.#tell(path, "denied");
      if (files.length < REMOVED_AT_ONCE) continue;
      await this.remove(files);
      files = [];
    }
    await this.remove(files);
    await this.remove(folders.reverse());
  }

  /** Removes files and empty folders. */
  async remove(paths: readonly string[]): Promise<void> {
    const allowed = paths.filter((path) => this.#context.identity.mayDelete(path));
    const removed = await this.#catalogue.remove(allowed);
    for (const [i, type] of removed.entries()) {
      if (type === "file") this.files++;
      else if (type === "folder") this.folders++;
      else this.#tellLeft(allowed[i] ?? "");
    }
  }

  #tellLeft(path: string): void {
    if (lookUpInCatalogue(this.#catalogue, path) === null) return; // Another client has removed it
    if (!this.#left.has(path)) this.#tell(path, "not-empty");
  }

  /** The folders above it stay, too, which need not be told. */
  #tell(path: string, reason: OmissionReason): void {
    this.#omitted.add({ count: 1, paths: [{ path, reason }] });
    for (const above of foldersAbove(path)) this.#left.add(above);
  }
}
