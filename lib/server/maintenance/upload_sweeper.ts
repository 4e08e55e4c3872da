import { pause } from "../../async/pause.ts";
import type { UploadStore } from "../../files/upload_store.ts";

const INTERVAL_MS = 60 * 60 * 1000;

/**
 * Removes the parts of uploads that were interrupted too long ago, now and every hour, until
 * `signal` fires.
 *
 * @param onError called if the folder cannot be read
 */
export async function sweepUploads(
  uploads: UploadStore,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await uploads.sweep(Date.now()).catch(onError);
    await pause(INTERVAL_MS, signal);
  }
}
