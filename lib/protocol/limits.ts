/**
 * Every limit that a peer can run into, in one place (section 9 of the protocol).
 *
 * Units are in the names. Options of the command line override copies of these, never the table.
 */
export const LIMITS = {
  /** Largest payload of a control frame, that is of every frame that is not file data. */
  controlBytes: 65_536,
  /** Largest payload of a data frame that is accepted. */
  dataBytes: 1_048_576,
  /** Largest payload of a data frame that is sent to a protocol 1 peer. */
  protocol1DataBytes: 8_192,
  /** From the first byte of a control frame to its last. */
  controlFrameMs: 30_000,
  /** A data frame moves at least `dataWindowBytes` in any `dataWindowMs`. */
  dataWindowMs: 30_000,
  dataWindowBytes: 30 * 1024,
  /** Chat and control bytes that may wait for one client before it is dropped. */
  outboundBytes: 1_048_576,
  /** A client that takes nothing of what waits for it for this long is dropped. */
  stalledMs: 10_000,
  /** The same while only file data waits: a pause of the reader's disk is no crime. */
  stalledBulkMs: 30_000,
  clients: 10_000,
  clientsPerAddress: 256,
  /** Requests that a client may send ahead; more are not read until there is room. */
  unansweredRequests: 64,
  chatBurst: 20,
  chatPerSecond: 10,
  /** UTF-8 bytes of one chat message. */
  messageBytes: 4_096,
  pathBytes: 4_096,
  nameBytes: 255,
  workers: 32,
} as const;
