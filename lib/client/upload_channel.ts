import type { Mutex } from "../async/mutex.ts";
import { decodeStoredUpload } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { encodeJsonFrame } from "../protocol/frames.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { ConnectionContext } from "./client_protocol.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** The connection of an upload. */
export interface UploadChannel {
  readonly protocol: Protocol2Client;
  readonly context: ConnectionContext;
  readonly uploadLock: Mutex;
  /** The largest data frame, payload only. */
  readonly frameBytes: number;
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
  { protocol: { hello }, context: { connection: { writer } } }: Pick<
    UploadChannel,
    "protocol" | "context"
  >,
  id: number,
  discard: boolean,
): Promise<void> {
  const isKnown = hello.features.includes("discard");
  const cancel = { id, ...(discard && isKnown && { discard }) };
  // It fails only if the connection is gone
  await writer.sendBulk(encodeJsonFrame("FCAN", cancel)).catch(() => {});
}
