import { concatBytes } from "../../protocol/frames.ts";
import type { DownloadRequest } from "../../protocol/requests.ts";
import type { SmallFile } from "../../worker/small_file.ts";
import { recordDownload } from "../context/record_transfer.ts";
import type { ClientIdentity } from "../context/client_identity.ts";
import type { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";
import { encodeFmet } from "./send_file.ts";

/** An FGET request for a whole file that may be small. */
export interface SmallRequest {
  readonly id: number;
  readonly request: DownloadRequest;
}

/** A small file whose bytes are right, as far as that is known. */
interface TrustedFile extends SmallFile {
  /** Whether its hash was known before it was read. */
  readonly isKnown: boolean;
}

/** The time at which reading the files began, by both clocks. */
interface StartTime {
  /** A reading of `performance.now()`. */
  readonly monotonicMs: number;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
}

/**
 * Answers requests for small files in their order, with one message to a worker and one write.
 *
 * @returns the number of answered requests; the next is not small, or has to fail. Never rejects
 */
export async function sendSmallFiles(
  context: SessionContext,
  replies: Replies,
  requests: readonly SmallRequest[],
): Promise<number> {
  const { pool, store: { folder } } = context.services;
  try {
    return await pool.use(async (worker) => {
      const started: StartTime = { monotonicMs: performance.now(), wallMs: Date.now() };
      const paths = requests.map(({ request: { path } }) => path);
      const files = await Promise.all(
        paths.map((path) => worker.call("fetchSmall", [folder, path])),
      );
      return await sendAll(context, replies, requests, { files, started });
    }, { owner: context.identity.owner, kind: "short" });
  } catch {
    return 0; // No worker: answered on its own, the first request fails for the same reason
  }
}

async function sendAll(
  context: SessionContext,
  replies: Replies,
  requests: readonly SmallRequest[],
  { files, started }: {
    readonly files: readonly (SmallFile | null)[];
    readonly started: StartTime;
  },
): Promise<number> {
  const sending: Promise<void>[] = []; // The writer joins small frames into one write
  for (const [i, request] of requests.entries()) {
    const file = trusted(context, request, files[i] ?? null);
    if (file === null || replies.pending.isCancelled(request.id)) break;
    // Answered on its own, the request fails for what a link leads to
    const { services: { store }, identity } = context;
    const { path } = request.request;
    const isPlain = store.truePath(file.file.realPath) === path;
    if (!isPlain || !identity.mayRead(path) || !mayBegin(identity)) break;
    const frames = framesOf(context, replies, request, { file, readMs: started.wallMs });
    sending.push(context.connection.writer.sendBulk(concatBytes(frames)));
  }
  // If the connection fails, its owner learns it from the writer
  const isSent = await Promise.all(sending).then(() => true, () => false);
  for (const [i, { request: { path } }] of requests.slice(0, sending.length).entries()) {
    const bytes = files[i]?.file.stamp.sizeBytes ?? 0;
    if (isSent) recordDownload(context, path, bytes, started.monotonicMs);
  }
  return sending.length;
}

/** A file whose bytes are those that are known of it, as is told of it; `null` if they are others. */
function trusted(
  { services: { catalogue, hashes, doubts } }: SessionContext,
  { request: { path } }: SmallRequest,
  small: SmallFile | null,
): TrustedFile | null {
  if (small === null) return small;
  if (catalogue === null) {
    const known = hashes.known(small.file);
    if (known === null || known === small.sha256) return { ...small, isKnown: known !== null };
    doubts.tell(path, small.file);
    return null;
  }
  const row = catalogue.rows.find(path);
  if (row === null || row.sha256 === null) return null;
  if (row.sha256 !== small.sha256) {
    catalogue.held.doubt(row.sha256);
    return null;
  }
  return { ...small, file: catalogue.held.told(small.file, row), isKnown: true };
}

/** Whether a client may begin to fetch files now. Answered on its own, a request takes a claim, or fails. */
function mayBegin({ link }: ClientIdentity): boolean {
  if (link === null) return true;
  try {
    const transfer = link.beginClaimed();
    transfer?.[Symbol.dispose]();
    return transfer !== null;
  } catch {
    return false;
  }
}

/** The frames of an answer. The request has ended. */
function framesOf(
  { services: { hashes } }: SessionContext,
  replies: Replies,
  { id, request: { path } }: SmallRequest,
  { file: { file, buffer, sha256, isKnown }, readMs }: {
    readonly file: TrustedFile;
    readonly readMs: number;
  },
): Uint8Array[] {
  if (!isKnown) hashes.remember(file, sha256, readMs);
  return [
    encodeFmet(id, path, file, { offset: 0, sha256: isKnown ? sha256 : null }),
    new Uint8Array(buffer),
    replies.encodeFileEnd(id, sha256),
  ];
}
