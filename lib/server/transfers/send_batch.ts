import { stampAt } from "../../files/file_stamp.ts";
import type { HashedFile } from "../../files/hash_index.ts";
import { join } from "../../files/path.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { BatchRequest } from "../../protocol/batch_requests.ts";
import { batchHeadFields, contentIndices, sha256At } from "../../protocol/batch_head.ts";
import { framesIn } from "../../protocol/data_frames.ts";
import { encodeJsonFrame } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { freeBytes } from "../../stream/frames/free_bytes.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import type { PackedFiles } from "../../worker/batch_jobs.ts";
import { recordDownload } from "../context/record_transfer.ts";
import type { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";

/** An MGET request whose turn has come. */
export interface RequestedBatch {
  readonly id: number;
  readonly request: BatchRequest;
  readonly signal: AbortSignal;
}

/**
 * Answers an MGET request with MMET, data and FEND, by one call of a worker and one write.
 *
 * A file that the client may not read, or that is not at its very path, is answered as one to ask for
 * alone: FGET tells why, in the same words for what is hidden and what is not there.
 *
 * @throws {RequestError} `unsupported`; the reason of the signal if that fires
 */
export async function sendBatch(
  context: SessionContext,
  replies: Replies,
  { id, request, signal }: RequestedBatch,
): Promise<void> {
  const { services: { settings, pool, hashes, store, stopping }, identity } = context;
  if (!settings.files) throw new RequestError("unsupported");
  const startedMs = performance.now();
  const send = async (worker: FileWorker) => {
    const frameBytes = Math.min(LIMITS.batchBytes, context.services.bandwidth.sent.frameBytes);
    const readFromMs = Date.now();
    const { buffer, head, stamps } = await packReadable(context, worker, request, frameBytes);
    const files = () => hashedFiles(store.root, request, { head, stamps });
    const read = { startedMs: readFromMs, endedMs: Date.now() };
    hashes.rememberLater({ files, ...read }, stopping);
    signal.throwIfAborted();
    const link = head.sizes.length > 0 ? identity.link : null;
    using transfer = link?.beginClaimed() ?? null;
    if (link !== null && transfer === null) return null;
    const { writer } = context.connection;
    const frames = [
      encodeJsonFrame("MMET", { id, ...batchHeadFields(head) }),
      ...framesIn(buffer, frameBytes),
      replies.encodeFileEnd(id, null),
    ];
    await Promise.all(frames.map((frame) => writer.sendBulk(frame)));
    freeBytes(buffer);
    return head;
  };
  const use = () => pool.use(send, { owner: identity.owner, signal });
  const head = await use() ?? await afterClaim(context, use, signal);
  for (const [i, at] of contentIndices(request.paths.length, head).entries()) {
    recordDownload(context, request.paths[at] ?? "", head.sizes[i] ?? 0, startedMs);
  }
}

/** Takes the claim of a link first: no thread waits for what other servers say. */
async function afterClaim<T>(
  { identity }: SessionContext,
  use: () => Promise<T | null>,
  signal: AbortSignal,
): Promise<T> {
  using _ = await identity.beginTransfer();
  signal.throwIfAborted();
  const done = await use();
  if (done === null) throw new RequestError("busy"); // The claim has lapsed before a thread was free
  return done;
}

/** Rights may be lost while the worker reads: what is sent then is as if they had been before. */
async function packReadable(
  { services: { store, catalogue }, identity }: SessionContext,
  worker: FileWorker,
  { paths, have, compare }: BatchRequest,
  frameBytes: number,
): Promise<PackedFiles> {
  if (catalogue !== null) {
    const batch = { catalogue, served: store.folder, paths, have, compare, frameBytes };
    const { packCatalogued } = await import("./pack_catalogued.ts");
    return await packCatalogued(identity, worker, batch);
  }
  for (;;) {
    identity.checkPresent(); // What is only compared takes no claim, which would check it
    const readable = paths.map((path) => identity.mayRead(path) ? path : null);
    const wanted = { paths: readable, have, compare, frameBytes };
    const packed = await worker.call("packFiles", [store.folder, wanted]);
    if (readable.every((path) => path === null || identity.mayRead(path))) return packed;
  }
}

/** The files that were read and whose hash the request or the answer tells, at their places in the served folder. */
function hashedFiles(
  root: string,
  { paths, have }: BatchRequest,
  { head, stamps }: Pick<PackedFiles, "head" | "stamps">,
): HashedFile[] {
  const hashes = new Map(head.same.map((at) => [at, have[at] ?? ""]));
  for (const [i, at] of contentIndices(paths.length, head).entries()) {
    hashes.set(at, sha256At(head.sha256, i));
  }
  return [...hashes].flatMap(([at, sha256]) => {
    const stamp = stampAt(stamps, at);
    return stamp === null ? [] : [{ realPath: join(root, paths[at] ?? ""), stamp, sha256 }];
  });
}
