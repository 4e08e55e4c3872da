import type { UploadStore } from "../../files/upload_store.ts";
import { pause } from "../../async/pause.ts";

const INTERVAL_MS = 60 * 60 * 1000;

/**
 * Removes what uploads left that broke off too long ago, now and every hour, until `signal` fires.
 *
 * @param onError told when the folder cannot be looked at
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
