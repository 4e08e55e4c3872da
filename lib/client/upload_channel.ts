import type { Mutex } from "../async/mutex.ts";
import { decodeStoredUpload } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { encodeJsonFrame } from "../protocol/frames.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload_options.ts";
import type { ConnectionContext } from "./client_protocol.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";
import { statPath } from "./stat_path.ts";

/** The connection of an upload. */
export interface UploadChannel {
  readonly protocol: Protocol2Client;
  readonly context: ConnectionContext;
  readonly uploadLock: Mutex;
}

/** What is to be uploaded, as far as the server may have it already. */
export interface UploadedContent {
  /** On the server. */
  readonly path: string;
  readonly sizeBytes: number;
  /** The SHA-256 in hex, computed when it is asked for. */
  readonly hash: () => Promise<string>;
}

/**
 * Runs an upload, unless the server has the same content at that path already.
 *
 * @throws what `upload` throws
 */
export async function unlessSame(
  { protocol }: UploadChannel,
  content: UploadedContent,
  { replace = false, exists = replace, signal }: UploadOptions,
  upload: () => Promise<UploadResult>,
): Promise<UploadResult> {
  const identical = exists ? await findSame(protocol, content, signal) : null;
  if (identical !== null) return identical;
  try {
    return await upload();
  } catch (error) {
    const isTaken = error instanceof RequestError && error.code === "exists";
    const same = isTaken && !exists ? await findSame(protocol, content, signal) : null;
    if (same === null) throw error;
    return same;
  }
}

/** The result of an upload that is not needed: the server has the same content; else `null`. */
async function findSame(
  protocol: Protocol2Client,
  { path, sizeBytes, hash }: UploadedContent,
  signal: AbortSignal | undefined,
): Promise<UploadResult | null> {
  const status = await statPath(protocol, path, signal).catch(noneAsNull);
  if (status === null || status.size !== sizeBytes || status.sha256 === null) return null;
  const sha256 = await hash();
  if (sha256 !== status.sha256) return null;
  return { path, sizeBytes, sha256, skipped: true, resumedFrom: 0 };
}

/** A file that does not exist, or may not be read, counts as none. */
function noneAsNull(error: unknown): null {
  if (error instanceof RequestError) return null;
  throw error;
}

/** An upload that may go on where an earlier one broke off. */
export interface ResumableUpload<T> {
  /** Where the data begin, once the upload runs. */
  readonly offset: number;
  /** @throws {RequestError} */
  run(): Promise<T>;
}

/**
 * Runs an upload. If the whole file turns out wrong, the part that the server kept was, and the server has
 * dropped it: the upload starts over, once.
 *
 * @param begin makes the upload
 * @throws what the upload throws
 */
export async function startOverOnce<T>(begin: () => ResumableUpload<T>): Promise<T> {
  const first = begin();
  try {
    return await first.run();
  } catch (error) {
    const isSpoilt = error instanceof RequestError && error.code === "integrity";
    if (!isSpoilt || first.offset === 0) throw error;
    return await begin().run();
  }
}

/**
 * Checks where the server wants an upload to go on.
 *
 * @returns the offset
 * @throws {RequestError} `integrity` for one behind the end
 */
export function checkOffset(offset: number, sizeBytes: number): number {
  if (offset <= sizeBytes) return offset;
  throw new RequestError("integrity", "Cannot go on: the server has more than there is");
}

/**
 * Checks what the server says that it has stored. It has verified the content, so a different hash is a
 * fault of the server.
 *
 * @param answer the fields of DONE
 * @param sentSha256 of what was sent, in hex
 * @throws {RequestError} `integrity`
 */
export function checkStored(answer: JsonObject, sentSha256: string): void {
  const { sha256 } = readAnswer(() => decodeStoredUpload(answer));
  if (sha256 !== sentSha256) throw new RequestError("integrity");
}

/**
 * Sends FCAN behind the data that are on their way.
 *
 * @param discard whether the upload will never be gone on with
 */
export async function cancelUpload(
  { protocol: { hello }, context: { connection: { writer } } }: Omit<UploadChannel, "uploadLock">,
  id: number,
  discard: boolean,
): Promise<void> {
  const isKnown = hello.features.includes("discard");
  const cancel = { id, ...(discard && isKnown && { discard }) };
  // It fails only if the connection is gone
  await writer.sendBulk(encodeJsonFrame("FCAN", cancel)).catch(() => {});
}
