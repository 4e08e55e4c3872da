import { onAbort } from "../async/on_abort.ts";
import {
  type FoundPath,
  modifiedOf,
  type StoredFile,
  versionOf,
} from "../files/directory_store.ts";
import { bareLayout } from "../protocol/data_frames.ts";
import { RequestError } from "../protocol/errors.ts";
import { lastComponent } from "../protocol/path.ts";
import type { ClientIdentity } from "../server/context/client_identity.ts";
import { recordDownload } from "../server/context/record_transfer.ts";
import type { ServerServices } from "../server/context/services.ts";
import { watchAccess } from "../server/context/path_access.ts";
import { bufferBytesFor } from "../server/transfers/buffer_bytes.ts";
import { openReadable } from "../server/transfers/open_readable.ts";
import { findReadable } from "../server/transfers/find_readable.ts";
import { networkKey } from "../stream/ip_address.ts";
import { PacedWriter } from "../stream/paced_writer.ts";
import { sendData } from "../transfer/send_data.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import { attachmentOf, digestOf, wantsDigest } from "./file_headers.ts";
import { type BodyContext, emptyAnswer, type HttpAnswer, textAnswer } from "./http_answer.ts";
import { HttpFailure } from "./http_failure.ts";
import { HTTP_TEXTS } from "./http_texts.ts";
import { type ByteRange, isRangeFor, isWantedState, matchesTag, parseRange } from "./ranges.ts";
import type { RequestHead } from "./request_head.ts";
import { plainHeaders } from "./security_headers.ts";

/** A request for a file, from a peer with some identity. */
export interface FileRequest {
  readonly services: ServerServices;
  readonly identity: ClientIdentity;
  readonly head: RequestHead;
  /** As returned by `checkPath`. */
  readonly path: string;
  /** Fires when the connection is closed. */
  readonly signal: AbortSignal;
}

/**
 * Answers GET and HEAD of a file: the bytes, to be saved and never shown. If-Modified-Since is not evaluated: a file that
 * is put keeps its time, which tells nothing of its bytes.
 *
 * @throws {RequestError} if it cannot be read
 * @throws {HttpFailure} if it is in another state than asked for, or has no such bytes
 */
export async function fileAnswer(
  request: FileRequest,
  found: FoundPath,
): Promise<HttpAnswer> {
  const { services: { store }, head: { method, headers }, path } = request;
  const file = await findReadable(request, "GET", path, found);
  const modifiedMs = modifiedOf(file);
  const tag = `"${versionOf(file)}"`;
  const sha256 = await knownHash(request, file, wantsDigest(headers.get("want-repr-digest")));
  const common = {
    ...plainHeaders(),
    "cache-control": "private, no-cache",
    "etag": tag,
    "last-modified": new Date(modifiedMs).toUTCString(),
    "accept-ranges": "bytes",
    ...(sha256 !== null && { "repr-digest": digestOf(sha256) }),
  };
  if (!isWantedState(headers, tag, modifiedMs)) throw otherState(common);
  if (matchesTag(headers.get("if-none-match"), tag)) return emptyAnswer(304, common);
  await store.checkReadable(file);
  const { sizeBytes } = file.stamp;
  const mayBePart = method === "GET" && isRangeFor(headers.get("if-range"), tag);
  const range = mayBePart ? parseRange(headers.get("range"), sizeBytes) : null;
  if (range === "unsatisfiable") {
    const headers = { ...common, "content-range": `bytes */${sizeBytes}` };
    throw new HttpFailure(416, HTTP_TEXTS.noSuchBytes, headers);
  }
  const { offset, end } = range ?? { offset: 0, end: sizeBytes };
  return {
    status: range === null ? 200 : 206,
    headers: {
      ...common,
      "content-type": "application/octet-stream",
      "content-disposition": attachmentOf(lastComponent(path)),
      ...(range !== null && { "content-range": `bytes ${offset}-${end - 1}/${sizeBytes}` }),
    },
    length: end - offset,
    send: (context) => sendBody(request, file, { offset, end }, context),
  };
}

function otherState(headers: Readonly<Record<string, string>>): HttpFailure {
  return new HttpFailure(412, HTTP_TEXTS.otherState, headers);
}

/**
 * Answers `?sha256`: the line that `sha256sum -c` takes. Computes the hash if it is not known.
 *
 * @throws {RequestError} if the file cannot be read
 */
export async function hashAnswer(
  request: FileRequest,
  found: FoundPath,
): Promise<HttpAnswer> {
  const file = await findReadable(request, "GET", request.path, found);
  await request.services.store.checkReadable(file);
  const sha256 = await knownHash(request, file, true);
  return textAnswer(200, `${sha256}  ${lastComponent(request.path)}`);
}

/** Checks that the account of a ticket is as it was, and not banned. */
export function checkAccount(
  { services: { accounts, bans }, identity: { account } }: Pick<
    FileRequest,
    "services" | "identity"
  >,
): void {
  if (account === null) return;
  const isGood = accounts.isCurrent(account) && bans.findName(account.name) === null;
  if (!isGood) throw new RequestError("denied");
}

/** The SHA-256 in hex; `null` if it is not known. @param computes compute it then */
async function knownHash(
  request: FileRequest,
  file: StoredFile,
  computes: boolean,
): Promise<string | null> {
  const { services: { hashes }, identity: { owner } } = request;
  if (!computes) return hashes.known(file);
  return await whileAllowed(request, file, (signal) => hashes.get(file, { owner, signal }));
}

/**
 * Runs work for a file, as long as the peer may read it.
 *
 * @param work gets a signal that fires when the connection is closed, or with `denied`
 */
async function whileAllowed<T>(
  request: FileRequest,
  file: StoredFile,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const denied = new AbortController();
  const cancel = (reason: RequestError) => denied.abort(reason);
  using _ = watchAccess(request, { request: "GET", path: request.path }, file, cancel);
  using _account = request.services.access.begin(() => checkAccount(request), cancel);
  return await work(AbortSignal.any([request.signal, denied.signal]));
}

/** Sends bytes of a file, as long as the peer may read it. */
async function sendBody(
  request: FileRequest,
  file: StoredFile,
  { offset, end }: ByteRange,
  { head, writer }: BodyContext,
): Promise<void> {
  const { services: { pool, stats, stopping, bandwidth }, identity: { owner }, path } = request;
  if (stopping.aborted) throw new RequestError("shutting-down");
  const startedMs = performance.now();
  if (end === offset) return await writer.sendBulk(head);
  const layout = bareLayout(end - offset, bufferBytesFor(request.services));
  const plan = { layout, offset, end, hashed: false, zstd: false };
  // Programs open as many connections as they like: those of a network are one client
  using paced = new PacedWriter(writer, bandwidth.sent, `http ${networkKey(owner.address)}`);
  stats.transfers++;
  try {
    await whileAllowed(request, file, async (signal) => {
      using _ = onAbort(signal, () => paced[Symbol.dispose]());
      const streaming = streamFar(request.services, file, { offset, end }, { head, writer: paced });
      if (streaming !== null) return await pool.use(() => streaming(signal), { owner, signal });
      using readable = await openReadable(request.services, file, signal);
      const options = { writer: paced, signal, head, ...readable };
      const send = (worker: FileWorker) => sendData(worker, readable.file, plan, options);
      await pool.use(send, { owner, signal });
    });
  } finally {
    stats.transfers--;
  }
  recordDownload(request, path, end - offset, startedMs, false);
}

/** Sends bytes of a file straight from another server; `null` where they are here, or come soon. */
function streamFar(
  { contents }: ServerServices,
  { isElsewhere, sha256, stamp: { sizeBytes } }: StoredFile,
  range: ByteRange,
  { head, writer }: Pick<BodyContext, "head" | "writer">,
): ((signal: AbortSignal) => Promise<void>) | null {
  if (!isElsewhere || contents === null || sha256 === undefined) return null;
  const wanted = { sha256, sizeBytes };
  if (contents.isNear(wanted, range.offset)) return null;
  let unsent = [head];
  const write = async (bytes: Uint8Array) => {
    const parts = [...unsent, bytes];
    unsent = [];
    await Promise.all(parts.map((part) => writer.sendBulk(part)));
  };
  return (signal) => contents.stream(wanted, { ...range, write }, signal);
}
