/**
 * Every limit that a peer can run into, in one place (section 6 of the protocol).
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
  /** The same to a protocol 2 peer, if it takes so much: a frame with its header is 1 MiB. */
  protocol2DataBytes: 1_048_564,
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
  /** From a connection's first moment to the end of its TLS handshake. */
  tlsHandshakeMs: 10_000,
  /** TLS handshakes under way at once; one more ends the oldest. */
  tlsHandshakes: 512,
  clients: 10_000,
  clientsPerAddress: 256,
  /** Requests that a client may send ahead; more are not read until there is room. */
  unansweredRequests: 64,
  /** How long a client that has to log in may take. */
  loginMs: 20_000,
  /** How long a client waits for the answer to HELO before it goes on in protocol 1. */
  handshakeMs: 1_000,
  /** A protocol 2 peer that has sent nothing for so long is asked for a sign of life … */
  pingAfterMs: 30_000,
  /** … and is given up after so long. */
  silenceMs: 90_000,
  /** Characters of the name of a peer's program. */
  agentCharacters: 200,
  /** Characters of the key of a resumable upload. */
  uploadKeyCharacters: 200,
  /** Data of uploads that came before their turn, for each connection. */
  earlyDataBytes: 1_048_576,
  /** An upload of which nothing has come for so long gives way to another one to the same path. */
  stalledUploadMs: 30_000,
  /** How long an upload that broke off is kept. */
  unfinishedUploadMs: 24 * 60 * 60 * 1000,
  chatBurst: 20,
  chatPerSecond: 10,
  /** UTF-8 bytes of one chat message. */
  messageBytes: 4_096,
  /** Characters (code points) of a nick. */
  nickCharacters: 32,
  /** Characters of the name of a room. */
  roomCharacters: 64,
  /** Rooms that a client is in at once. */
  roomsPerClient: 32,
  /** Rooms that somebody is in. */
  rooms: 1_000,
  /** Rooms whose history and last number are kept; those with the fewest messages are forgotten. */
  roomsRemembered: 10_000,
  /** Messages that are kept of each room. */
  historyMessages: 10_000,
  pathBytes: 4_096,
  nameBytes: 255,
  /** Names in memory for listings that did not fit into one answer, of all clients … */
  keptNames: 500_000,
  /** … for so long after the last answer. */
  keptListingMs: 5_000,
  workers: 32,
  /** UTF-8 bytes of a password. */
  passwordBytes: 1_024,
  /** Characters of a message of SCRAM, on either side. */
  scramMessageCharacters: 2_048,
  /** PBKDF2 iterations that a client agrees to: fewer are too weak (RFC 7677, section 4), … */
  scramIterationsMin: 4_096,
  /** … more only burn its CPU; these take 1 to 10 s. */
  scramIterationsMax: 10_000_000,
  /** Failed logins of one connection. */
  failedLogins: 5,
  /** The longest wait before a login is looked at, and all that may queue up before it. */
  loginDelayMs: 30_000,
  /** Failed logins of one account that make those from elsewhere count for more. */
  accountAttackFailures: 10,
  /** Addresses, accounts, and pairs of both, whose logins are remembered; of each so many. */
  loginRecords: 16_384,
  /** Failed logins are forgotten after so long without another one. */
  loginMemoryMs: 15 * 60 * 1000,
  /** Bytes of the file with the rules of the folders. */
  ruleFileBytes: 1_048_576,
} as const;
