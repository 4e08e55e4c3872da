import { join } from "../../files/path.ts";
import type { Reservation } from "../../accounts/link_store.ts";
import { contentBytes, sha256At } from "../../protocol/batch_head.ts";
import type { BatchUploadRequest } from "../../protocol/batch_requests.ts";
import { ProtocolError, RequestError } from "../../protocol/errors.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { UploadedBatch, UploadedResult } from "../../files/upload_batch.ts";
import { BatchContent } from "../../transfer/batch_content.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import { recordUpload } from "../context/record_transfer.ts";
import type { SessionContext } from "../context/session_context.ts";
import { announceUpload } from "./announce_upload.ts";
import { checkRoom } from "./upload_receiver.ts";
import type { UploadStream } from "./upload_stream.ts";

/** An MPUT request whose turn has come. */
export interface ReceivedUploads {
  readonly request: BatchUploadRequest;
  readonly stream: UploadStream;
  readonly signal: AbortSignal;
}

/**
 * Receives the files of an MPUT, and stores them by one call of a worker.
 *
 * A file that the client may not upload, or that is not plainly new, is answered as one to upload alone:
 * FPUT tells why it fails.
 *
 * @returns the lists of DONE; a file in none of them is stored
 * @throws {RequestError} for all of them; {@link ProtocolError} if the data are not those announced
 */
export async function receiveBatch(
  context: SessionContext,
  { request, stream, signal }: ReceivedUploads,
): Promise<JsonObject> {
  const { services: { stopping, uploads, pool, hashes, store: { root } }, identity } = context;
  const startedMs = performance.now();
  if (stopping.aborted) throw new RequestError("shutting-down"); // What was begun before is finished
  checkRoom(context, request.room);
  const content = await collect(context, stream, contentBytes(request.sizes));
  if (!context.services.settings.files) throw new RequestError("unsupported");
  using _ = await identity.beginTransfer(); // By a link it takes a claim
  signal.throwIfAborted();
  const stored = await pool.use(
    (worker) => store(context, worker, request, content),
    { owner: identity.owner, signal },
  );
  uploads.parts.addBases(stored.folders);
  for (const [i, stamp] of stored.stamps.entries()) {
    const file = stamp && { path: join(root, request.paths[i] ?? ""), stamp };
    if (file !== null) hashes.rememberReceived(file, sha256At(request.sha256, i));
  }
  await tell(context, request, stored.results, (performance.now() - startedMs) / 1000);
  return listsOf(stored.results);
}

/** Stores what may be stored now, which may be long after the request has come. */
async function store(
  context: SessionContext,
  worker: FileWorker,
  request: BatchUploadRequest,
  content: Uint8Array<ArrayBuffer>,
): Promise<UploadedBatch> {
  const { services: { store: { folder }, catalogue, links }, identity } = context;
  using rooms = new DisposableStack();
  const { sizes, mtimes, sha256, replace } = request;
  const permits = request.paths.map((_, i) => permit(context, request, i, rooms));
  const paths = request.paths.map((path, i) => permits[i] === null ? null : path);
  const readable = request.paths.map((path) => identity.mayRead(path));
  const exec = identity.account === null ? [] : request.exec;
  const batch = { paths, readable, sizes, mtimes, sha256, exec, content, replace };
  const placedAt = (i: number) => ({ path: request.paths[i] ?? "", sha256: sha256At(sha256, i) });
  const byLink = (work: () => void) => identity.link !== null && links.together(work);
  byLink(() => {
    for (const [i, each] of permits.entries()) roomOf(each)?.expect(placedAt(i));
  });
  const stored = catalogue === null
    ? await worker.call("storeUploads", [folder, batch], [content.buffer])
    : await (await import("./store_catalogued.ts"))
      .storeCatalogued(context, { catalogue, worker, rooms: permits.map(roomOf) }, batch);
  try {
    byLink(() => {
      for (const [i, result] of stored.results.entries()) {
        if (result === "stored") roomOf(permits[i] ?? null)?.spend(placedAt(i));
      }
    });
  } catch {
    // They are there: their bytes stay reserved, and the next run counts them
  }
  return stored;
}

/** All data of a batch. */
async function collect(
  { connection: { reader } }: SessionContext,
  stream: UploadStream,
  totalBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = new BatchContent(totalBytes);
  for (;;) {
    const piece = await stream.next();
    const whole = piece.kind === "end" ? content.whole() : null;
    if (whole !== null) return whole;
    if (piece.kind !== "data" || !content.add(piece.bytes)) {
      throw new ProtocolError(
        "bad-sequence",
        `Cannot accept the batch: its data are not the ${totalBytes} bytes that it announced`,
      );
    }
    reader.recycle(piece.bytes.buffer);
  }
}

/** That a file may be stored now. */
interface Permit {
  /** What it is to the link that it comes by; `null` if it comes by none. */
  readonly room: Reservation | null;
}

function roomOf(permit: Permit | null): Reservation | null {
  return permit?.room ?? null;
}

/**
 * Lets a file be stored now; `null` if it may not be. Uploaded on its own, it fails for the same reason.
 *
 * @param rooms frees the room
 */
function permit(
  { services: { settings: { maxUploadBytes }, store, uploadLocks }, identity }: SessionContext,
  { paths, sizes, replace }: BatchUploadRequest,
  index: number,
  rooms: DisposableStack,
): Permit | null {
  const path = paths[index] ?? "";
  const size = sizes[index] ?? 0;
  if (maxUploadBytes !== null && size > maxUploadBytes) return null;
  if (uploadLocks.isLocked(join(store.root, path))) return null;
  try {
    identity.checkWrite(path, replace);
    return { room: rooms.use(identity.link?.reserve(size) ?? null) };
  } catch {
    return null; // See above
  }
}

/** Counts and logs what is stored, and announces that, and what was there already. */
async function tell(
  context: SessionContext,
  { paths, sizes, sha256: hashes, room }: BatchUploadRequest,
  results: readonly UploadedResult[],
  seconds: number,
): Promise<void> {
  for (const [i, path] of paths.entries()) {
    const result = results[i];
    if (result !== "stored" && result !== "same") continue;
    const size = sizes[i] ?? 0;
    const sha256 = sha256At(hashes, i);
    if (result === "stored") recordUpload(context, { path, bytes: size, sha256, seconds });
    const realPath = join(context.services.store.root, path);
    if (room !== null) await announceUpload(context, { path, size, room }, { realPath, sha256 });
  }
}

/** The files that are not stored, by what came of them. Empty lists are left out. */
function listsOf(results: readonly UploadedResult[]): JsonObject {
  const at = (wanted: UploadedResult) =>
    results.flatMap((result, i) => result === wanted ? [i] : []);
  const lists = { same: at("same"), wrong: at("wrong"), alone: at(null) };
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}
