/** Limits of how the servers of a cluster give each other the contents of files. */
export const CONTENT_LIMITS = {
  /** How long a ticket for a content waits for its connection. */
  ticketMs: 10_000,
  /** How long a server that gives a content may be silent before another one is asked. */
  giverSilenceMs: 10_000,
  /** How long the answer to a request for a ticket, or for a small content, may take. */
  requestMs: 2_000,
  /** Bytes of the contents of other servers that are kept (`--fetch-cache`). */
  cacheBytes: 10 * 1024 * 1024 * 1024,
  /** How long ago a file of the served folder was hashed when it is hashed again (`--scrub`), … */
  scrubMs: 30 * 24 * 60 * 60 * 1_000,
  /** … and how many bytes of it a second at most: a hard disk reads three times as much, and 4 TB take a day. */
  scrubBytesPerSecond: 50_000_000,
  /** How long ago a file was hashed when it is hashed again for a client that has found its bytes wrong. */
  clientDoubtMs: 24 * 60 * 60 * 1_000,
} as const;
