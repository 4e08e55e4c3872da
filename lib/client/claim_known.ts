import { abortable } from "@std/async/abortable";
import type { JsonObject } from "../protocol/json.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload_options.ts";
import { cancelUpload, checkStored, type UploadChannel } from "./upload_channel.ts";

/** Content that the server may have already, and where it is to be. */
export interface KnownContent {
  /** On the server. */
  readonly path: string;
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
  /** Milliseconds since 1970. Default: the time of the upload. */
  readonly modifiedMs?: number;
  readonly isExecutable?: boolean;
}

/** Whether a server takes content from what it has already. */
export function takesKnown({ protocol: { hello } }: UploadChannel): boolean {
  return hello.features.includes("known");
}

/**
 * Has the server take the content from a file that it has and that this client may read, and announce it.
 *
 * @returns `null` if it has none: nothing is stored then
 * @throws {RequestError} as an upload; {@link ConnectionError}; the reason of the signal
 */
export async function claimKnown(
  channel: Omit<UploadChannel, "frameBytes">,
  { path, sizeBytes, sha256, modifiedMs, isExecutable = false }: KnownContent,
  { replace, room, exec = true, signal }: UploadOptions,
): Promise<UploadResult | null> {
  const leave = await channel.uploadLock.lock(); // Data that others send belong to the oldest upload
  try {
    signal?.throwIfAborted();
    const ready = Promise.withResolvers<null>();
    const { writer } = channel.context.connection;
    const { id, done } = channel.protocol.begin("FPUT", {
      path,
      size: sizeBytes,
      sha256,
      ...(modifiedMs !== undefined && { mtime: modifiedMs }),
      ...(replace && { replace }),
      ...(room !== undefined && { room }),
      ...(exec && isExecutable && { exec }),
    }, {
      onReady: () => ready.resolve(null),
      send: (frame) => void writer.sendBulk(frame).catch(() => {}), // `done` tells of it
    });
    const answer = await firstAnswer(channel, id, Promise.race([ready.promise, done]), signal);
    if (answer === null) await done.catch(() => {}); // The place is free again
    if (answer === null) return null;
    checkStored(answer, sha256);
    return { path, sizeBytes, sha256, skipped: true, resumedFrom: 0 };
  } finally {
    leave();
  }
}

/** DONE, or `null` for REDY, after which the upload is given up, as it is when the signal fires. */
async function firstAnswer(
  channel: Pick<UploadChannel, "protocol" | "context">,
  id: number,
  answer: Promise<JsonObject | null>,
  signal: AbortSignal | undefined,
): Promise<JsonObject | null> {
  try {
    const first = await (signal === undefined ? answer : abortable(answer, signal));
    if (first === null) await cancelUpload(channel, id, true);
    return first;
  } catch (error) {
    if (signal?.aborted) await cancelUpload(channel, id, true);
    throw error;
  }
}
