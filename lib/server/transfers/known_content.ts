import type { StoredFile } from "../../files/directory_store.ts";
import type { CommitResult, FileDetails, FileTarget } from "../../files/part_file.ts";
import { isInside } from "../../files/served_folder.ts";
import { RequestError } from "../../protocol/errors.ts";
import { isAllowedPath } from "../../protocol/path.ts";
import type { UploadRequest } from "../../protocol/upload_request.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import { HASH_SLICE_BYTES } from "../../worker/hash_slice.ts";
import type { SessionContext } from "../context/session_context.ts";
import { findReadable } from "./find_readable.ts";

/** What an upload has to be, for the server to have it already. */
type WantedContent = Pick<UploadRequest, "size" | "sha256">;

/** A file of the wanted content that the client may read, and the path by which it may. */
export interface KnownFile {
  readonly path: string;
  readonly file: StoredFile;
}

/**
 * Finds a file of the wanted content at one path; `null` if there is none that the client may read, or has come by
 * its link.
 *
 * @throws the reason of the signal
 */
export async function findAt(
  context: SessionContext,
  { path, size, sha256 }: WantedContent & { readonly path: string },
  signal: AbortSignal,
): Promise<StoredFile | null> {
  const { services: { hashes }, identity } = context;
  if (sha256 === null || !mayKnow(context, { path, sha256 })) return null;
  try {
    const file = await findReadable(context, identity.link === null ? "FGET" : "FPUT", path);
    if (file.stamp.sizeBytes !== size) return null;
    return await hashes.get(file, { owner: identity.owner, signal }) === sha256 ? file : null;
  } catch (error) {
    return asNone(error, signal);
  }
}

/**
 * Finds a file of the wanted content anywhere, by the index of hashes. To a client that may not read one it
 * is as if there were none: a hash alone never buys a file.
 *
 * @param wanted.place the real path that it is to have: a file that is there already comes before its copies
 * @throws the reason of the signal
 */
export async function findKnown(
  context: SessionContext,
  { place, size, sha256 }: WantedContent & { readonly place: string },
  signal: AbortSignal,
): Promise<KnownFile | null> {
  const { services: { hashes, store }, identity } = context;
  if (sha256 === null || size === 0 || identity.link !== null) return null;
  const realPaths = hashes.pathsOf(sha256);
  const isThere = (realPath: string) => Number(realPath === place);
  for (const realPath of realPaths.toSorted((a, b) => isThere(b) - isThere(a))) {
    if (!isInside(store.folder, realPath)) continue;
    const path = store.truePath(realPath).normalize("NFC");
    if (!isAllowedPath(path)) continue;
    try {
      const file = await findReadable(context, "FGET", path);
      // The hash of a file that was just written is not known for sure: the copy is hashed
      const known: string = hashes.known(file) ?? sha256;
      if (file.stamp.sizeBytes === size && known === sha256) return { path, file };
    } catch (error) {
      asNone(error, signal);
    }
  }
  return null;
}

/** What {@link copyKnown} copies, and where to. */
export interface KnownCopy {
  readonly source: KnownFile;
  readonly target: FileTarget;
  readonly details: FileDetails;
  /** Of the content, in hex. */
  readonly sha256: string;
}

/**
 * Copies a file to a part, hashes what it writes, and gives it its name. The client must still have the right
 * to read the source at the end.
 *
 * @returns `null` if the source cannot be read any more, or its content is another one: nothing is stored then
 * @throws {DiskError} if the copy cannot be written; the reason of the signal
 */
export async function copyKnown(
  context: SessionContext,
  worker: FileWorker,
  { source, target, details, sha256 }: KnownCopy,
  signal: AbortSignal,
): Promise<Exclude<CommitResult, "wrong"> | null> {
  try {
    await worker.call("startCopy", [source.file, target, details]);
    while (!await worker.call("copySlice", [HASH_SLICE_BYTES])) signal.throwIfAborted();
    await findReadable(context, "FGET", source.path);
    signal.throwIfAborted();
    const result = await worker.call("finishCopy", [sha256]);
    return result === "wrong" ? null : result;
  } catch (error) {
    return asNone(error, signal);
  } finally {
    worker.call("endCopy", []).catch(() => {}); // A dead worker has no open files
  }
}

/** Whether a client may be told of a content at a path, as far as that depends on links. */
export function mayKnow(
  { services: { links }, identity: { link } }: SessionContext,
  content: { readonly path: string; readonly sha256: string },
): boolean {
  return link === null || links.hasPut(link.link.id, content);
}

/** A refusal, also that of a source that changes, is like no file. */
function asNone(error: unknown, signal: AbortSignal): null {
  signal.throwIfAborted();
  if (error instanceof RequestError) return null;
  throw error;
}
