/** Limits of the log that several servers share, which no client has a use for. */
export const CLUSTER_LIMITS = {
  /** Bytes of a record, … */
  recordBytes: 256 * 1024,
  /** … of an entry in it, … */
  entryBytes: 128 * 1024,
  /** … and entries in it. */
  recordEntries: 1_000,
  /** Entries that are applied in one turn of the event loop, and a record more: about 10 ms of work. */
  entriesAtOnce: 1_000,
  /** Files that an entry names. */
  entryFiles: 256,
  /** Entries of a server that wait for its record in flight, … */
  waitingEntries: 5_000,
  /** … their bytes, … */
  waitingBytes: 16 * 1024 * 1024,
  /** … and how long one waits before it is refused. */
  stalledMs: 20_000,
  /** How long entries are kept by a server that does not apply the log any more, before it refuses them, … */
  haltedMs: 5_000,
  /** … and how long it waits for what has left it. */
  unknownMs: 10_000,
  /** Numbers for guests that a server takes at once. */
  guestNumbers: 1_000,
  /** Changes of members are gathered for this long, … */
  rosterGatherMs: 20,
  /** … at most so many in a message, … */
  rosterRows: 500,
  /** … of at most so many bytes, as is a page of a roster. */
  rosterBytes: 262_144,
  /** Time between two messages of a server that tell how many it has sent, where there is no other one. */
  rosterBeatMs: 2_000,
  /** Changes of the members of a server that wait until the log is applied up to where they belong. */
  rosterWaiting: 10_000,
  /** How long a login waits for the nick of its account, which the member gets later then. */
  loginNickMs: 1_000,
  /** How long an answer of another server is waited for, … */
  requestMs: 2_000,
  /** … and that to a private message, whose recipient has a while to confirm it. */
  tellMs: 5_000,
  /** How long a request waits to be in step with the log. */
  caughtUpMs: 2_000,
  /** Time between two heartbeats of a server, … */
  beatMs: 1_000,
  /** … how long it may be silent before it is taken for gone, … */
  silenceMs: 5_000,
  /** … and how long the cluster may be out of reach before the clients are told. */
  noticeMs: 5_000,
} as const;
