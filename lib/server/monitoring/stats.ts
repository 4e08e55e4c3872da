import type { RequestErrorCode } from "../../protocol/errors.ts";

/** The totals of a server since its start. */
export interface ServerStats {
  /** When the server started, milliseconds since 1970. */
  readonly startedMs: number;
  /** Admitted connections, data connections included. */
  connections: number;
  /** Files sent whole. */
  downloads: number;
  /** Bytes of those files. */
  downloadBytes: number;
  /** Files received whole. */
  uploads: number;
  /** Bytes of those files. */
  uploadBytes: number;
  /** Bytes of files that came from other servers of the cluster. */
  fetchedBytes: number;
  /** Bytes of files that were hashed again, whether they are still right. */
  scrubbedBytes: number;
  /** Files that were not. */
  damagedFiles: number;
  /** Messages of clients to rooms. */
  messages: number;
  /** Requests and connections refused. */
  refusals: number;
  /** The same, by the code of the failure. */
  readonly refusalsByCode: Partial<Record<RequestErrorCode, number>>;
  /** Downloads and uploads under way: a gauge, no total. */
  transfers: number;
}

/** Counts a refused request or connection. */
export function countRefusal(stats: ServerStats, code: RequestErrorCode): void {
  stats.refusals++;
  stats.refusalsByCode[code] = (stats.refusalsByCode[code] ?? 0) + 1;
}

/** All totals zero, started now. */
export function newStats(): ServerStats {
  return {
    startedMs: Date.now(),
    connections: 0,
    downloads: 0,
    downloadBytes: 0,
    uploads: 0,
    uploadBytes: 0,
    fetchedBytes: 0,
    scrubbedBytes: 0,
    damagedFiles: 0,
    messages: 0,
    refusals: 0,
    refusalsByCode: {},
    transfers: 0,
  };
}
