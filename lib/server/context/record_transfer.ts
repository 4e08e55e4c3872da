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

/** Logs that a file or folder got another path. */
export function recordMove(
  { services: { settings }, identity }: TransferContext,
  path: string,
  to: string,
): void {
  settings.onEvent({ event: "move", ...identity.label, path, to });
}

/** What a client has removed. */
export interface Removal {
  /** What the client has named. */
  readonly path: string;
  readonly files: number;
  readonly folders: number;
  /** How much was to be removed, and is left; absent for nothing. */
  readonly left?: number;
}

/** Logs what was removed, if it is anything. */
export function recordRemoval(
  { services: { settings }, identity }: TransferContext,
  removal: Removal,
): void {
  if (removal.files + removal.folders === 0) return;
  settings.onEvent({ event: "remove", ...identity.label, ...removal });
}

/** A stored upload. */
export interface RecordedUpload {
  readonly path: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  readonly seconds: number;
  /** Whether it was there before. Default `false`. */
  readonly isKnown?: boolean;
}

/** Counts and logs an upload, and keeps it to be told to the creator of the link that it came by. */
export function recordUpload(
  { services: { settings, stats, linkNews }, identity }: TransferContext,
  { isKnown = false, ...upload }: RecordedUpload,
): void {
  stats.uploads++;
  stats.uploadBytes += upload.bytes;
  if (identity.link !== null && !isKnown) linkNews.add(identity.link.link, upload.path);
  settings.onEvent({ event: "upload", ...identity.label, ...upload });
}
