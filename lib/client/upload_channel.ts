import type { Mutex } from "../async/mutex.ts";
import { RequestError } from "../protocol/errors.ts";
import { encodeJsonFrame } from "../protocol/frames.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload_options.ts";
import type { ConnectionContext } from "./client_protocol.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
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

/**
 * Sends FCAN behind the data that are on their way.
 *
 * @param discard whether the upload will never be gone on with
 */
export async function cancelUpload(
  { protocol: { hello }, context: { connection: { writer } } }: UploadChannel,
  id: number,
  discard: boolean,
): Promise<void> {
  const isKnown = hello.features.includes("discard");
  const cancel = { id, ...(discard && isKnown && { discard }) };
  // It fails only if the connection is gone
  await writer.sendBulk(encodeJsonFrame("FCAN", cancel)).catch(() => {});
}
