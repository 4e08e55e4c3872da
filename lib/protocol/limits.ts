/**
 * Every limit that a peer can reach (section 6 of the protocol).
 *
 * Units are in the names. Command-line options override copies of these, never the table.
 */
export const LIMITS = {
  /** Largest payload of a control frame: of any frame but FDAT and FZST. */
  controlBytes: 65_536,
  /** Largest payload of a received data frame. */
  dataBytes: 1_048_576,
  /** Largest payload of a data frame sent to a protocol 1 peer. */
  protocol1DataBytes: 8_192,
  /** The same for a protocol 2 peer that accepts so much: with its header the frame is 1 MiB. */
  protocol2DataBytes: 1_048_564,
  /** From the first byte of a control frame to its last. */
  controlFrameMs: 30_000,
  /** A data frame moves at least `dataWindowBytes` in any `dataWindowMs`. */
  dataWindowMs: 30_000,
  dataWindowBytes: 30 * 1024,
  /** Chat and control bytes queued for a client; more close its connection. */
  outboundBytes: 1_048_576,
  /** Bytes of the server's log that wait for a reader; further lines are dropped and counted. */
  logQueueBytes: 1_048_576,
  /** Bytes of chat that wait for the reader of a client's output; further messages are counted. */
  unreadOutputBytes: 16 * 1024 * 1024,
  /** Events that wait for a loop of a client; one more ends the loop. */
  waitingEvents: 1_024,
  /** A client that reads none of its queued bytes for this long is disconnected. */
  stalledMs: 10_000,
  /** The same while only file data is queued: a pause of the reader's disk is no crime. */
  stalledBulkMs: 30_000,
  /**
   * A peer that takes so much is not too slow, however long the system holds what it was sent: …
   */
  slowestBytesPerSecond: 8 * 1024,
  /** … for so long at the most. */
  slowestMs: 270_000,
  /** From accepting a connection to the end of its TLS handshake. */
  tlsHandshakeMs: 10_000,
  /** Concurrent TLS handshakes; a further handshake ends the oldest. */
  tlsHandshakes: 512,
  clients: 10_000,
  clientsPerAddress: 256,
  /** Clients of a whole IPv6 network (/64), in multiples of those of one address. */
  addressesPerNetwork: 4,
  /** Unanswered requests of a connection; further ones are not read until there is room. */
  unansweredRequests: 64,
  /** Unanswered lookups (LIST, STAT, MKDR, MOVE, DELE) of an address beyond which each of its connections … */
  lookupsPerAddress: 256,
  /** … has so many; further ones are not read until there is room. */
  lookupsWhileBusy: 8,
  /** Connections accepted in one turn of the event loop: a few milliseconds of work. */
  acceptedAtOnce: 16,
  /** From the start of a session to its login, where a login is required. */
  loginMs: 20_000,
  /** A client that gets no answer to HELO for this long falls back to protocol 1. */
  handshakeMs: 1_000,
  /** From the opening of a WebSocket to the end of its HELO. */
  webGreetingMs: 10_000,
  /** How long a ticket for a link holds. */
  ticketMs: 60 * 60 * 1000,
  /** Characters of a ticket. */
  ticketCharacters: 512,
  /** Bytes of the head of an HTTP request, … */
  httpHeadBytes: 8_192,
  /** … which arrives within this time of its first byte. */
  httpHeadMs: 10_000,
  /** A connection without a request under way is closed after this long, … */
  httpIdleMs: 5_000,
  /** … and after so many requests. */
  httpRequests: 1_000,
  /** How long the answer to a request of HTTP/1.0 may take once the peer has ended its side. */
  httpEndedMs: 60_000,
  /** A protocol 2 peer that sends nothing for this long gets a PING, … */
  pingAfterMs: 30_000,
  /** … and is disconnected after this long. */
  silenceMs: 90_000,
  /** A client that can go on at another server of a cluster gives one up after this long; PING goes after a third. */
  clusterSilenceMs: 6_000,
  /** Characters of `agent` in HELO, the name of a peer's program. */
  agentCharacters: 200,
  /** Characters of the key of a resumable upload. */
  uploadKeyCharacters: 200,
  /** Files of one MGET. */
  batchFiles: 256,
  /** A larger file is moved on its own. */
  batchFileBytes: 65_536,
  /** The content of all files of a batch: they fit into one data frame. */
  batchBytes: 1_048_564,
  /** Data of uploads received before their turn, for each connection. */
  earlyDataBytes: 1_048_576,
  /** An upload that receives nothing for this long yields to another upload to the same path. */
  stalledUploadMs: 30_000,
  /** An interrupted upload is kept for this long. */
  unfinishedUploadMs: 24 * 60 * 60 * 1000,
  /** The parts of all uploads together; the oldest interrupted ones go first. */
  unfinishedUploadBytes: 32 * 1024 * 1024 * 1024,
  /** An interrupted download is kept for this long, by the client. */
  unfinishedDownloadMs: 7 * 24 * 60 * 60 * 1000,
  chatBurst: 20,
  chatPerSecond: 10,
  /** A private message without a receipt for this long is kept, … */
  receiptMs: 2_000,
  /** … for this long at the most, … */
  keptMessageMs: 7 * 24 * 60 * 60 * 1000,
  /** … so many for each client, … */
  keptMessagesPerClient: 64,
  /** … so many from one IPv4 address or IPv6 /64, so that no client takes the place of all, … */
  keptMessagesPerNetwork: 1_000,
  /** … and for all together. */
  keptMessages: 10_000,
  /** Members of a room of a cluster, of all servers together, beyond which no `joined` and `left` is told. */
  presenceMembers: 2_000,
  /** Nicks of members of accounts whose connection was lost, and that are not back. */
  lostMembers: 1_000,
  /** A message that is older and whose connection lived on has reached its peer (TCP gives up before). */
  unconfirmedMs: 1_000_000,
  /** Characters of the secret in HELO by which a client comes back: at least so many, … */
  resumeCharactersMin: 32,
  /** … and at most. */
  resumeCharactersMax: 128,
  /** Servers of a cluster that HELO and the event `peers` name. */
  clusterPeers: 16,
  /** Characters of the name of a host: the most that the DNS has. */
  hostCharacters: 253,
  /** Characters of the token of a session in NICK. */
  sessionCharacters: 200,
  /** Messages that a client keeps until the server has acknowledged them. */
  unsentMessages: 1_000,
  /** UTF-8 bytes of one chat message. */
  messageBytes: 4_096,
  /** UTF-8 bytes of a topic, and of what a client that is away says. */
  statusBytes: 512,
  /** Characters (code points) of a nick. */
  nickCharacters: 32,
  /** Characters of a room's name. */
  roomCharacters: 64,
  /** Rooms that a client is in at once. */
  roomsPerClient: 32,
  /** Rooms with members. */
  rooms: 1_000,
  /** Rooms with members that clients of one network (IPv4 address or IPv6 /64) have made. */
  roomsPerNetwork: 128,
  /** Rooms with a stored history and last number; those with the fewest messages are dropped. */
  roomsRemembered: 10_000,
  /** Stored messages of each room. */
  historyMessages: 10_000,
  /** Bytes of JSON of the stored messages of each room, whose oldest then go, … */
  historyRoomBytes: 32 * 1024 * 1024,
  /** … and of all rooms: the oldest of the largest room go. */
  historyBytes: 1024 * 1024 * 1024,
  /** Messages in an answer to HIST that asks for no number. */
  historyAnswer: 50,
  pathBytes: 4_096,
  nameBytes: 255,
  /** Pages of a listing in one answer: 2 MiB, which a client keeps until it has told them. */
  listingPages: 32,
  /** Paths that a page of a listing names as left out; further ones are only counted. */
  omissionsNamed: 100,
  /** The same of a whole transfer of many files, by the client. */
  omissionsKept: 10_000,
  /** Files of one hash that are looked at for an upload that the server may have already. */
  knownFiles: 16,
  /** Names in memory for listings of several pages, of all clients together, … */
  listingCursorNames: 500_000,
  /** … kept for this long after the last page. */
  listingCursorMs: 5_000,
  workers: 32,
  /** UTF-8 bytes of a password. */
  passwordBytes: 1_024,
  /** Characters of a SCRAM message, from either side. */
  scramMessageCharacters: 2_048,
  /** PBKDF2 iterations that a client accepts: fewer are too weak (RFC 7677, section 4), … */
  scramIterationsMin: 4_096,
  /** … more only burn its CPU; this many take 1 to 10 s. */
  scramIterationsMax: 10_000_000,
  /** Failed logins of one connection. */
  failedLogins: 5,
  /** Longest wait before a login is checked, the queue before it included. */
  loginDelayMs: 30_000,
  /** Failed logins of an address, whatever the accounts, before its next ones are checked … */
  addressFreeFailures: 20,
  /** … one by one, with this time between two. */
  addressLoginMs: 1_000,
  /** Guesses at an account from places that have not logged in to it: so many at once, … */
  accountGuesses: 30,
  /** … and one more each time that this has passed. */
  accountGuessMs: 60_000,
  /** Records of logins: this many addresses, accounts, and pairs of both. */
  loginRecords: 16_384,
  /** Failed logins are forgotten after this long without another. */
  loginMemoryMs: 15 * 60 * 1000,
  /** A place that has logged in to an account is known for this long. */
  loginKnownMs: 90 * 24 * 60 * 60 * 1000,
  /** Servers of the local network that a search finds, … */
  foundServers: 64,
  /** … and of those from one address that is not this machine's: it must not hide the others, … */
  foundServersOfAddress: 8,
  /** … how long it takes, unless asked for longer, … */
  discoveryMs: 2_000,
  /** … the largest packet that it reads, … */
  discoveryPacketBytes: 9_000,
  /** … and the records of a packet that it looks at, questions included. */
  discoveryRecords: 64,
  /** Connections that a scan of the local network makes at once, … */
  scannedAtOnce: 64,
  /** … and how long each may take. */
  scanMs: 300,
  /** Bytes that are read of what an unknown service says: a greeting is a line. */
  greetingBytes: 512,
  /** Addresses of a host's name that `doctor` tries, … */
  triedAddresses: 8,
  /** … and entries of the served folder in which it looks for a file to fetch. */
  searchedEntries: 5_000,
  /** Names that Tab offers: more are of no use on a screen. */
  completions: 200,
  /** Columns of a terminal for the name of a server of the local network. */
  foundNameColumns: 32,
  /** Links of a server that still work, … */
  links: 1_000,
  /** … and of one account. */
  linksPerAccount: 100,
  /** How long a link works unless it is told, … */
  linkMs: 24 * 60 * 60 * 1000,
  /** … at least, … */
  linkMsMin: 1_000,
  /** … and at most. */
  linkMsMax: 30 * 24 * 60 * 60 * 1000,
  /** The largest number of claims of a link: for more, a link is made without a count. */
  linkCount: 1_000,
  /** A claim is open for this long after its last transfer. */
  claimMs: 60 * 60 * 1000,
  /** Characters of a claim: at least so many, … */
  claimCharactersMin: 16,
  /** … and at most. */
  claimCharactersMax: 64,
  /** Why a link does not work any more is told for this long. */
  linkMemoryMs: 24 * 60 * 60 * 1000,
  /** Files that have come by links and are known to them, of all together: the oldest go first. */
  linkFiles: 20_000,
  /** Bytes of the rule file. */
  ruleFileBytes: 1_048_576,
  /** Bytes of a list of SHA-256 sums that a client reads: some 300,000 lines. */
  sumFileBytes: 33_554_432,
  /** Files that a mirror deletes at the most, unless it is told otherwise. */
  mirrorDeletions: 1_000,
} as const;

/** Limits of the files of options, which the page has no use for. */
export const CONFIG_LIMITS = {
  /** Bytes of a configuration file of a program, … */
  configFileBytes: 1_048_576,
  /** … arrays and inline tables inside each other there, … */
  configDepth: 32,
  /** … servers with a name in the client's, … */
  profiles: 1_000,
  /** … and characters of such a name. */
  profileNameCharacters: 64,
} as const;

/** Limits of the pace of transfers, which the page has no use for, either. */
export const PACE_LIMITS = {
  /** The lowest rate that can be set, in bytes a second. */
  bytesPerSecond: 16 * 1024,
  /** At a limited rate a frame of data is an eighth of a second, but at least so large, … */
  frameBytes: 16 * 1024,
  /** … and a quarter of a second may pass at once, but at least so much. */
  burstBytes: 64 * 1024,
  /** The shortest pause between two rounds of a transfer that is repeated, … */
  everyMsMin: 1_000,
  /** … and the longest: a week. */
  everyMsMax: 604_800_000,
} as const;
