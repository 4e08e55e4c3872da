import { pause } from "../../async/pause.ts";
import type { UploadParts } from "../../files/upload_parts.ts";

const INTERVAL_MS = 60 * 1000;

/**
 * Removes the parts of uploads that were interrupted too long ago, and the oldest ones beyond the
 * limit, now and every minute, until `signal` fires.
 *
 * @param onError called if a folder cannot be read
 */
export async function sweepUploads(
  parts: UploadParts,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  await parts.discover(signal);
  while (!signal.aborted) {
    await parts.sweep(Date.now()).catch(onError);
    await pause(INTERVAL_MS, signal);
  }
}
