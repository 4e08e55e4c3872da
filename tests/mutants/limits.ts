import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const READER = tests("stream/frame_reader", "stream/frame_reader_zstd");
const ROOMS = tests("chat/hub_rooms");
const UPLOADS = tests("server/upload_refusals");
const PACER = tests("stream/pacer");
const PACED = tests("server/bandwidth");

/** Defects in what bounds the memory, time and noise that a peer causes. */
export const LIMITS_OF_PEERS: readonly Mutant[] = [
  ...mutantsOf("lib/stream/pacer.ts", PACER, {
    "new clients pass those that wait": [
      "[...this.#ring].reduce((latest, { time }) => Math.max(latest, time), this.#time)",
      "this.#time",
    ],
    "rates are shared by pieces": ["share.time += piece.bytes;", "share.time += 1;"],
    "a client that connects again has a new burst": [
      "if (--share.flows === 0) this.#resting.set(client, share);",
      "if (--share.flows === 0) this.#shares.delete(client);",
    ],
  }),
  ...mutantsOf("lib/protocol/requests.ts", tests("protocol/requests"), {
    "an answer to LIST has as many pages as a client likes": [
      'Math.min(fields.optionalInteger("pages", { minimum: 1 }) ?? 1, LIMITS.listingPages)',
      'fields.optionalInteger("pages", { minimum: 1 }) ?? 1',
    ],
  }),
  ...mutantsOf("lib/client/list_pages.ts", tests("client/list_pages"), {
    "a client keeps as many pages as a server sends": [
      "this.#pages.length <= PAGES_LEFT",
      "this.#pages.length <= Infinity",
    ],
  }),
  ...mutantsOf("lib/server/session/client_session.ts", PACED, {
    "uploads are not paced": ["await this.#pace.received(frame);", ""],
  }),
  ...mutantsOf("lib/server/session/session_pace.ts", tests("server/session_pace"), {
    "a peer that is paced hears nothing": ["if (passed !== null) this.#showLife();", ""],
  }),
  ...mutantsOf("lib/web/file_answer.ts", PACED, {
    "downloads by HTTP are not paced": [
      "{ writer: paced, signal, head, ...readable }",
      "{ writer, signal, head, ...readable }",
    ],
  }),
  ...mutantsOf("lib/web/ws_socket.ts", tests("stream/tiny_frames"), {
    "pings are read as long as they come": ["if (isFlood) await this.#letOthersIn();", ""],
  }),
  ...mutantsOf("lib/stream/frames/frame_reader.ts", READER, {
    "frames without bytes are read as long as they come": [
      "if (this.#tinyFrames.takeFlood()) {",
      "if (false) {",
      tests("stream/tiny_frames"),
    ],
    "a frame may have any size": ["if (size > BigInt(limit)) {", "if (false) {"],
    "a frame may be one byte too large": [
      "if (size > BigInt(limit)) {",
      "if (size > BigInt(limit) + 1n) {",
    ],
    "a frame of exactly the limit is refused": [
      "if (size > BigInt(limit)) {",
      "if (size >= BigInt(limit)) {",
    ],
    "control frames have the limit of data": [
      ": this.#limits.controlBytes;",
      ": this.#limits.dataBytes;",
    ],
    "protocol 1 accepts FZST": ["this.#allowsZstd && code", "code"],
    "a frame that the connection cuts is no error": [
      'if (this.#currentPart() === "nothing") return false;',
      "return false;",
    ],
  }),
  ...mutantsOf("lib/server/connections.ts", tests("server/session_fault"), {
    "a session that cannot be made keeps its place": [
      "if (session === null) return this.#limiter.release(formatAddress(socket.remoteAddr));",
      "if (session === null) return;",
    ],
    "a session that cannot be made keeps its socket": [
      "if (session === null) closeSocket(socket);\n    else",
      "if (session !== null)",
    ],
  }),
  ...mutantsOf("lib/server/connections.ts", tests("hostile/web_places"), {
    "the place of an HTTP connection is given back twice": [
      "if (this.#httpPlaces.delete(id) && address !== undefined) this.#limiter.release(address);",
      "if (address !== undefined) this.#limiter.release(address);",
    ],
  }),
  ...mutantsOf("lib/web/web_front.ts", tests("hostile/web_places"), {
    "a connection with a request under way gives its place": [
      "idleSinceMs === null || idleSinceMs >= sinceMs",
      "(idleSinceMs ?? 0) >= sinceMs",
    ],
  }),
  ...mutantsOf("lib/server/transfers/send_file.ts", tests("measured/slow_peers"), {
    "many slow downloads hold large buffers": [
      "bufferBytesFor(this.#context.services)",
      "bufferBytesFor({ ...this.#context.services, pool: { jobCount: 0 } })",
    ],
  }),
  ...mutantsOf("lib/chat/stored_messages.ts", tests("chat/history_bytes"), {
    "a room keeps any number of bytes": [
      "this.#free(room, this.#bytesOf(room) - this.#bounds.roomBytes);",
      "",
    ],
    "all rooms together keep any number of bytes": [
      "while (this.#totalBytes > this.#bounds.totalBytes) {",
      "while (false) {",
    ],
    "the smallest room pays for the others": [
      "more > 0 || (more === 0 && room < largest)",
      'largest === ""',
    ],
  }),
  ...mutantsOf("lib/worker/zstd.ts", tests("worker/zstd"), {
    "a zstd bomb inflates": [", { maxOutputLength: LIMITS.dataBytes }", ""],
  }),
  ...mutantsOf("lib/protocol/file_metadata.ts", tests("protocol/file_metadata"), {
    "FMTA may have lengths that do not fit": [
      "nameLength < 0 || view.getUint32(0) !== nameLength",
      "nameLength < 0",
    ],
    "FMTA may have a name of any length": ["if (nameLength > LIMITS.pathBytes) {", "if (false) {"],
    "FMTA may announce a size that no number holds": [
      "if (size > BigInt(Number.MAX_SAFE_INTEGER)) {",
      "if (false) {",
    ],
  }),
  ...mutantsOf("lib/protocol/json.ts", tests("protocol/json"), {
    "a member of the prototype counts": ["Object.hasOwn(this.#object, name) ?", "true ?"],
    "an id may have any size": ["{ minimum: 1, maximum: LARGEST_ID }", "{ minimum: 1 }"],
  }),
  ...mutantsOf("lib/server/context/pending_requests.ts", tests("server/pending_requests"), {
    "one request too many is read": [
      "this.#requests.size >= LIMITS.unansweredRequests",
      "this.#requests.size > LIMITS.unansweredRequests",
    ],
    "requests after the end are carried out": ["this.#cancelled ??= { reason };", ""],
  }),
  ...mutantsOf("lib/server/context/pending_lookups.ts", tests("server/pending_lookups"), {
    "an address has any number of lookups": ["while (this.#isFull)", "while (false)"],
    "a connection has one lookup too many beside others": [
      "this.#count >= LIMITS.lookupsWhileBusy",
      "this.#count > LIMITS.lookupsWhileBusy",
    ],
    "an address has one lookup too many": [
      ">= LIMITS.lookupsPerAddress",
      "> LIMITS.lookupsPerAddress",
    ],
  }),
  ...mutantsOf("lib/client/omission_tally.ts", tests("client/batch"), {
    "a transfer keeps any number of omissions": [
      "this.#named.size < LIMITS.omissionsKept",
      "true",
    ],
    "omissions without a name are not counted": ["else this.#unnamed++;", ""],
  }),
  ...mutantsOf("lib/stream/tcp.ts", tests("stream/tcp"), {
    "a flood of connections leaves no turn to others": [
      "++this.#accepted % LIMITS.acceptedAtOnce === 0",
      "false",
    ],
  }),
  ...mutantsOf("lib/server/session/protocol2_handler.ts", tests("server/protocol2"), {
    "an id is used twice": ['if (pending.has(id)) throw new RequestError("bad-request");', ""],
  }),
  ...mutantsOf("lib/server/transfers/upload_receiver.ts", UPLOADS, {
    "an upload may have any size": ["maxUploadBytes !== null && size > maxUploadBytes", "false"],
    "an upload of exactly the limit is refused": [
      "size > maxUploadBytes)",
      "size >= maxUploadBytes)",
    ],
  }),
  ...mutantsOf("lib/files/reserved_space.ts", tests("files/reserved_space"), {
    "a full disk shows after the data": [
      "free !== null && bytes + this.#reservedOn(device) > free",
      "false",
    ],
    "uploads at once fill the disk": ["bytes + this.#reservedOn(device) >", "bytes >"],
    "a stalled upload keeps space from others": [" && !isStalled()", ""],
  }),
  ...mutantsOf("lib/accounts/kept_bytes.ts", tests("accounts/link_store"), {
    "what is kept counts for ever": [
      "if (untilMs <= nowMs) this.set(link, part, 0);",
      "if (false) return 0;",
    ],
  }),
  ...mutantsOf("lib/server/transfers/upload_stream.ts", tests("server/upload_stream"), {
    "early data are received without end": [
      "return this.#bytes <= this.#limitBytes ? Promise.resolve() : this.#released.wait();",
      "return Promise.resolve();",
    ],
  }),
  ...mutantsOf("lib/server/context/listing_cursors.ts", tests("server/listing_cursors"), {
    "kept listings hold any number of names": [
      "if (this.#names <= LIMITS.listingCursorNames) break;",
      "break;",
    ],
    "a listing is kept for another client": ["return `${client}\\0", "return `\\0"],
  }),
  ...mutantsOf("lib/chat/presence.ts", ROOMS, {
    "a client joins one room too many": [
      "member.roomNames.length < LIMITS.roomsPerClient",
      "member.roomNames.length <= LIMITS.roomsPerClient",
    ],
  }),
  ...mutantsOf("lib/chat/rooms.ts", ROOMS, {
    "there is one room too many": [
      "this.#rooms.size >= LIMITS.rooms",
      "this.#rooms.size > LIMITS.rooms",
    ],
    "a network takes all rooms": ["this.#byNetwork.of(network) >= LIMITS.roomsPerNetwork", "false"],
    "empty rooms stay": [
      "if (this.#rooms.get(room.name) !== room) return;",
      "return;",
    ],
  }),
  ...mutantsOf("lib/chat/token_bucket.ts", tests("chat/token_bucket"), {
    "messages have no rate": ["if (this.#tokens < 1) return false;", ""],
    "silence earns a burst without end": [
      "Math.min(this.#burst, this.#tokens + earned)",
      "this.#tokens + earned",
    ],
  }),
  ...mutantsOf("lib/server/session/chat_requests.ts", tests("server/both_protocols"), {
    "SEND has no rate": ["this.#checkRate();\n    const { text }", "const { text }"],
  }),
  ...mutantsOf("lib/protocol/text.ts", tests("protocol/text", "protocol/clean_text"), {
    "a message is one byte too long": [
      "utf8Length(text) > LIMITS.messageBytes",
      "utf8Length(text) > LIMITS.messageBytes + 1",
    ],
    "a message holds control characters": ["text.search(CONTROLS) !== -1 || ", ""],
    "a terminal gets invisible characters": ['text.replace(INVISIBLE_OR_FLAG, "$1")', "text"],
    "a terminal gets towers of marks": [".replace(COMBINING, limitCombining)", ""],
  }),
  ...mutantsOf("lib/protocol/text.ts", tests("protocol/requests"), {
    "a topic is one byte too long": ["utf8Length(text) > limit)", "utf8Length(text) > limit + 1)"],
  }),
  ...mutantsOf("lib/server/session/chat_requests.ts", tests("server/topic"), {
    "TOPC has no rate": ["if (text !== null) this.#checkRate();", ""],
  }),
  ...mutantsOf("lib/protocol/chat_names.ts", tests("protocol/chat_names"), {
    "a nick is one character too long": [
      "[...normal].length <= LIMITS.nickCharacters",
      "[...normal].length <= LIMITS.nickCharacters + 1",
    ],
    "two nicks differ in case only": [".toLowerCase().toUpperCase().toLowerCase()", ""],
    "a room has one character too many": [
      "room.length <= LIMITS.roomCharacters",
      "room.length <= LIMITS.roomCharacters + 1",
    ],
  }),
];
