import { join } from "../files/path.ts";
import { DiskError } from "../files/disk_error.ts";
import { isSameStamp } from "../files/file_stamp.ts";
import type { StoredFile } from "../files/directory_store.ts";
import type { HeldFile } from "../files/holdings.ts";
import type { CommitResult } from "../files/part_file.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Catalogue } from "../transfer/catalogue.ts";
import type { Contents, WantedContent } from "../transfer/contents.ts";
import type { JobOwner } from "../worker/fair_queue.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import { HASH_SLICE_BYTES } from "../worker/hash_slice.ts";
import type { ServerServices } from "./context/services.ts";

/** Copies are one client among others to the threads. */
const COPIES: JobOwner = { address: "copies of files", client: 0 };

/**
 * Fetches a content that this server is to have, and gives it a path of the catalogue in the served folder, where
 * it is found like any other file. It is hashed again on the way there.
 *
 * @throws {RequestError} `not-found` if no file has it any more, `not-a-file` if its place cannot be used; what
 * fetching it throws
 * @throws {DiskError}
 */
export async function keepCopy(
  services: ServerServices,
  catalogue: Catalogue,
  content: WantedContent,
  signal: AbortSignal,
): Promise<void> {
  const { contents } = services;
  if (contents === null) throw new RequestError("unsupported");
  const [path] = catalogue.rows.pathsOf(content.sha256, 1);
  if (path === undefined) throw new RequestError("not-found");
  if (await holds(catalogue, path)) return;
  await checkOwn(catalogue, path);
  await fetchTo(services, contents, { catalogue, path, content }, signal);
}

/**
 * Puts the bytes of another copy in the place of a file whose own are wrong, which go to the trash then.
 *
 * @throws as {@link keepCopy} does
 */
export async function restoreCopy(
  services: ServerServices,
  catalogue: Catalogue,
  { path, sha256, stamp }: HeldFile,
  signal: AbortSignal,
): Promise<void> {
  const { contents } = services;
  if (contents === null) throw new RequestError("unsupported");
  const content = { sha256, sizeBytes: stamp.sizeBytes };
  await checkOwn(catalogue, path);
  const own = await catalogue.held.withContent(sha256);
  if (own === null) return await fetchTo(services, contents, { catalogue, path, content }, signal);
  await place(services, catalogue, { path, file: own, content });
}

/** A content, and the path that it is to get. */
interface WantedCopy {
  readonly catalogue: Catalogue;
  readonly path: string;
  readonly content: WantedContent;
}

async function fetchTo(
  services: ServerServices,
  contents: Contents,
  { catalogue, path, content }: WantedCopy,
  signal: AbortSignal,
): Promise<void> {
  using arriving = await contents.open(content, signal);
  await arriving.until(content.sizeBytes, signal);
  try {
    await place(services, catalogue, { path, file: arriving.file, content });
  } catch (error) {
    if (isWrong(error)) await contents.forget(content);
    throw error;
  }
}

/** @throws {DiskError} `exists` if another file is there than one of the catalogue: an operator has put it there */
async function checkOwn(catalogue: Catalogue, path: string): Promise<void> {
  if (!await isForeign(catalogue, path)) return;
  throw new DiskError("exists", path, `Cannot keep a copy at ${path}: another file is there`);
}

function isWrong(error: unknown): boolean {
  return error instanceof RequestError && error.code === "integrity";
}

/** Whether the file is in the served folder already: only the others have not been told. */
async function holds({ rows, held }: Catalogue, path: string): Promise<boolean> {
  const row = rows.find(path);
  return row !== null && await held.find(path, row) !== null;
}

async function isForeign({ held }: Catalogue, path: string): Promise<boolean> {
  const file = await held.lookAt(path);
  if (file === null) return !await held.isGone(path);
  const holding = held.holdings.find(path);
  return holding === null || !isSameStamp(holding.stamp, file.stamp);
}

async function place(
  services: ServerServices,
  catalogue: Catalogue,
  { path, file, content: { sha256, sizeBytes } }: {
    readonly path: string;
    readonly file: StoredFile;
    readonly content: WantedContent;
  },
): Promise<void> {
  const { uploads, pool, hashes } = services;
  const row = catalogue.rows.find(path);
  if (row?.sha256 !== sha256) throw new RequestError("not-found");
  const found = await uploads.resolve(path, true);
  // A link on its way leads elsewhere, and no link is in the catalogue
  if (join(found.directory, found.name) !== catalogue.held.placeOf(path)) {
    throw new RequestError("not-a-file");
  }
  const target = await uploads.target(found, false, null);
  const { mtimeMs: modifiedMs, isExecutable } = row;
  const details = { sizeBytes, offset: 0, modifiedMs, version: null, isExecutable };
  const result = await pool.use(async (worker: FileWorker): Promise<CommitResult> => {
    try {
      await worker.call("startCopy", [file, target, details]);
      while (!await worker.call("copySlice", [HASH_SLICE_BYTES]));
      await checkOwn(catalogue, path); // The bytes may have come for hours
      await catalogue.clear(path);
      return await worker.call("finishCopy", [sha256]);
    } finally {
      worker.call("endCopy", []).catch(() => {}); // A dead worker has no open files
    }
  }, { owner: COPIES, kind: "background" });
  if (result === "wrong") {
    catalogue.held.doubt(sha256); // One of them may be where the bytes came from
    throw new RequestError("integrity");
  }
  if (result === "taken") throw new DiskError("exists", path, `Cannot name ${path}: it is taken`);
  hashes.rememberReceived(result, sha256);
  await catalogue.stored(path, sha256, result.stamp);
}
