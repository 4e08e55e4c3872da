import { RequestError } from "../protocol/errors.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload_options.ts";
import { claimKnown, takesKnown } from "./claim_known.ts";
import { statPath } from "./stat_path.ts";
import type { UploadChannel } from "./upload_channel.ts";

/** What is to be uploaded, as far as the server may have it already. */
export interface UploadedContent {
  /** On the server. */
  readonly path: string;
  readonly sizeBytes: number;
  /** The SHA-256 in hex, computed when it is asked for. */
  readonly hash: () => Promise<string>;
}

/**
 * Runs an upload, unless the server has the same content at that path already. A room is told of it even so,
 * if the server knows how.
 *
 * @throws what `upload` throws
 */
export async function unlessSame(
  channel: UploadChannel,
  content: UploadedContent,
  options: UploadOptions,
  upload: () => Promise<UploadResult>,
): Promise<UploadResult> {
  const { replace = false, exists = replace } = options;
  const identical = exists ? await findSame(channel, content, options) : null;
  if (identical !== null) return identical;
  try {
    return await upload();
  } catch (error) {
    const isTaken = error instanceof RequestError && error.code === "exists";
    const find = isTaken && error.reason === "link-exists" ? findSent : findSame;
    const same = isTaken && !exists ? await find(channel, content, options) : null;
    if (same === null) throw error;
    return same;
  }
}

/** The result of an upload that is not needed: the server has the same content; else `null`. */
async function findSame(
  channel: UploadChannel,
  { path, sizeBytes, hash }: UploadedContent,
  options: UploadOptions,
): Promise<UploadResult | null> {
  const status = await statPath(channel.protocol, path, options.signal).catch(noneAsNull);
  if (status === null || status.size !== sizeBytes || status.sha256 === null) return null;
  const sha256 = await hash();
  if (sha256 !== status.sha256) return null;
  if (options.room !== undefined && takesKnown(channel)) {
    // It is announced as it is: nothing takes its place, with another time and without its right to execute
    const unchanged = { ...options, replace: false };
    return await claimKnown(channel, { path, sizeBytes, sha256 }, unchanged).catch(changedAsNull);
  }
  return { path, sizeBytes, sha256, skipped: true, resumedFrom: 0 };
}

/** By a link nothing is seen, but what has come by it the server knows: the answer to an upload may have been lost. */
async function findSent(
  channel: UploadChannel,
  { hash, ...content }: UploadedContent,
  options: UploadOptions,
): Promise<UploadResult | null> {
  if (!takesKnown(channel)) return null;
  return await claimKnown(channel, { ...content, sha256: await hash() }, options)
    .catch(changedAsNull);
}

/** A file that has changed since it was compared is not the same. */
function changedAsNull(error: unknown): null {
  if (error instanceof RequestError && error.code === "exists") return null;
  throw error;
}

/** A file that does not exist, or may not be read, counts as none. */
function noneAsNull(error: unknown): null {
  if (error instanceof RequestError) return null;
  throw error;
}
