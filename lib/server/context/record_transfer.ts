import type { SessionContext } from "./session_context.ts";

type TransferContext = Pick<SessionContext, "services" | "identity">;

/**
 * Counts and logs a download.
 *
 * @param bytes the number of bytes sent
 * @param startedMs a reading of `performance.now()`
 */
export function recordDownload(
  { services: { settings, stats }, identity }: TransferContext,
  path: string,
  bytes: number,
  startedMs: number,
): void {
  stats.downloads++;
  stats.downloadBytes += bytes;
  const seconds = (performance.now() - startedMs) / 1000;
  settings.onEvent({ event: "download", ...identity.label, path, bytes, seconds });
}

/** A stored upload. */
export interface RecordedUpload {
  readonly path: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  readonly seconds: number;
}

/** Counts and logs an upload. */
export function recordUpload(
  { services: { settings, stats }, identity }: TransferContext,
  upload: RecordedUpload,
): void {
  stats.uploads++;
  stats.uploadBytes += upload.bytes;
  settings.onEvent({ event: "upload", ...identity.label, ...upload });
}
