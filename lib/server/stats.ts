/** Running totals of a server. */
export interface ServerStats {
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  /** Connections that became clients. */
  connections: number;
  /** Files sent whole. */
  downloads: number;
  /** Bytes of those files. */
  downloadBytes: number;
  /** Chat messages passed on. */
  messages: number;
  /** Requests and connections refused. */
  refusals: number;
}

/** All zero, from now. */
export function newStats(): ServerStats {
  return {
    startedMs: Date.now(),
    connections: 0,
    downloads: 0,
    downloadBytes: 0,
    messages: 0,
    refusals: 0,
  };
}
