import type { RequestErrorCode } from "../../protocol/errors.ts";

/** Running totals of a server. */
export interface ServerStats {
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  /** Connections that were let in, data connections among them. */
  connections: number;
  /** Files sent whole. */
  downloads: number;
  /** Bytes of those files. */
  downloadBytes: number;
  /** Files received whole. */
  uploads: number;
  /** Bytes of those files. */
  uploadBytes: number;
  /** Messages of clients to rooms. */
  messages: number;
  /** Requests and connections refused. */
  refusals: number;
  /** The same, by the code of the failure. */
  readonly refusalsByCode: Partial<Record<RequestErrorCode, number>>;
  /** Downloads and uploads that are under way. */
  transfers: number;
}

/** Counts a request or a connection that was refused. */
export function countRefusal(stats: ServerStats, code: RequestErrorCode): void {
  stats.refusals++;
  stats.refusalsByCode[code] = (stats.refusalsByCode[code] ?? 0) + 1;
}

/** All zero, from now. */
export function newStats(): ServerStats {
  return {
    startedMs: Date.now(),
    connections: 0,
    downloads: 0,
    downloadBytes: 0,
    uploads: 0,
    uploadBytes: 0,
    messages: 0,
    refusals: 0,
    refusalsByCode: {},
    transfers: 0,
  };
}
