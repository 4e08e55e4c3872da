import type { SessionContext } from "./session_context.ts";

type TransferContext = Pick<SessionContext, "services" | "identity">;

/**
 * Counts and logs a download.
 *
 * @param bytes the number of bytes sent
 * @param startedMs a reading of `performance.now()`
 * @param isClient whether the peer is a client; over HTTP it is none
 */
export function recordDownload(
  { services: { settings, stats }, identity }: TransferContext,
  path: string,
  bytes: number,
  startedMs: number,
  isClient = true,
): void {
  stats.downloads++;
  stats.downloadBytes += bytes;
  const seconds = (performance.now() - startedMs) / 1000;
  const peer = isClient ? {} : { client: null, address: identity.address };
  settings.onEvent({ event: "download", ...identity.label, ...peer, path, bytes, seconds });
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
