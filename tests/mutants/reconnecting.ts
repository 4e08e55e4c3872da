import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const CHAT = tests("client/reconnecting_chat", "client/resent_messages");
const SEQUENCER = tests("client/room_sequencer");
const PRIVATE = tests("server/private_messages");
const SYNC = tests("client/reconnecting_chat");
const SEVERAL = tests("client/several_servers");

/** Defects in a chat that outlives its connections. */
export const RECONNECTING: readonly Mutant[] = [
  ...mutantsOf("lib/client/limited_retry.ts", tests("client/limited_retry"), {
    "attempts never end": ["failures >= attempts || ", ""],
    "a server whose key has changed is tried again": [
      "return mayPass ? endlessRetry(failures, error) : null;",
      "return endlessRetry(failures, error);",
    ],
  }),
  ...mutantsOf("lib/client/room_sequencer.ts", SEQUENCER, {
    "a message is told twice": ["if (event.seq < next) return;", ""],
    "a gap in the numbers is told of nowhere": [
      "if (count > 0) this.#listener.onMissed(count);",
      "",
    ],
    "the history of a server that counts anew is skipped": [
      "this.#lastSeq = 0;\n    this.#knownTime",
      "this.#knownTime",
    ],
    "a server that lost some messages tells the others again": [
      "this.#knownTime = this.#emittedTime;",
      "",
    ],
  }),
  ...mutantsOf("lib/client/trust_peer.ts", tests("client/trust_peer"), {
    "a told key takes the place of a known one": ["return known === null ?", "return true ?"],
    "the user is asked about servers that it has not named": [
      "const { accept: _, ...rest } = options;",
      "const rest = options;",
    ],
  }),
  ...mutantsOf("lib/client/server_route.ts", SEVERAL, {
    "a server that is silent is waited for": ["[Math.min(TURN_MS, limitMs), limitMs]", "[limitMs]"],
    "a server that stops is the first again": [
      "isServerStopping || codeOf(loss)",
      "codeOf(loss)",
    ],
  }),
  ...mutantsOf("lib/client/sync_room.ts", SEVERAL, {
    "a server that lags counts as one that counts anew": [
      "if (isSameHistory(chat, sequencer)) return true;",
      "",
    ],
  }),
  ...mutantsOf("lib/client/sync_room.ts", SYNC, {
    "numbers that a server uses again count as known": [
      "if (!await isContinued(chat, room, sequencer, upTo)) sequencer.restart();",
      "",
    ],
    "only the first page of what was missed is read": [
      "after = events.at(-1)?.seq ?? upTo;",
      "after = upTo;",
    ],
    "only the last page of the first history is read": [
      "events = [...page, ...events];",
      "return page;",
    ],
  }),
  ...mutantsOf("lib/client/outbox.ts", CHAT, {
    "a message that the server has is sent again": [
      "if (message.stored !== null) this",
      "if (false) this",
    ],
    "a message without an answer is not sent again": ["if (!isLost) this", "this"],
    "a private message is sent again": ['"room" in message.target &&', ""],
  }),
  ...mutantsOf("lib/client/is_over.ts", tests("client/unknown_outcome"), {
    "a message whose outcome is not known is told to be lost": [
      ' || reason === "outcome-unknown"',
      "",
    ],
    "a client goes round servers that are all out of step": [" && isLasting", ""],
    "a message to a server that stops is lost": ['code === "shutting-down" ||', ""],
  }),
  ...mutantsOf("lib/client/client_chat.ts", tests("client/unknown_outcome"), {
    "a transfer waits for a connection to a server that stops": [
      'error.code === "refused" && this.#leave(error)',
      "false",
      tests("client/moves_on"),
    ],
    "a client leaves the only server": ["(this.cluster?.peers.length ?? 0) < 2", "false"],
  }),
  ...mutantsOf("lib/client/client_provider.ts", tests("client/moves_on"), {
    "a transfer fails with the server that stops": [
      "client.chat.movesOn?.(error, true) ? await client.closed : error",
      "error",
    ],
    "a transfer fails at a server that is out of step": ["(error, true)", "(error)"],
    "a transfer goes round servers that are all out of step": [" || futile > futileAttempts", ""],
  }),
  ...mutantsOf("lib/client/outbox.ts", tests("client/outbox"), {
    "a refused message is given up": ['error.code === "rate-limited"', "false"],
    "any number of messages waits": ["this.#messages.length < limit", "true"],
  }),
  ...mutantsOf("lib/client/message_pace.ts", tests("client/message_pace"), {
    "messages leave faster than a slow line bears": ["Math.floor(burst / 2)", "burst"],
  }),
  ...mutantsOf("lib/client/resend_guard.ts", CHAT, {
    "the event of an answered message counts for another": [
      'if (isAnswered || event.event !== "message") return;',
      'if (event.event !== "message") return;',
    ],
    "a message that was matched to the wrong event is sent again": [
      "else other.stored = message.stored;",
      "else other.stored = null;",
    ],
    "a message of another client counts as one's own": ["each.from === from && ", ""],
  }),
  ...mutantsOf("lib/client/reconnecting_chat.ts", CHAT, {
    "a message is sent before the rooms are joined again": [
      "this.#client = client;",
      "this.#client = client;\n    this.#outbox.setClient(client);",
    ],
    "a room is joined and left at the same time": [
      "const release = await this.#roomChange.lock();",
      "const release = () => {};",
    ],
    "a chat that left the lobby is in it again": [
      "if (!this.#inbox.rooms.has(LOBBY)) await client.chat.part(LOBBY);",
      "",
    ],
    "the rooms are not joined again": [
      "for (const room of this.rooms) await this.#join(client, room);",
      "",
    ],
    "the nick is not taken again": [
      'if (hasRooms) await this.#nick.restore(client, how === "first");',
      "",
      tests("client/kept_nick"),
    ],
  }),
  ...mutantsOf("lib/client/reclaim_nick.ts", tests("client/kept_nick"), {
    "a nick that is still in use is given up": [
      "retryLater(client, nick, options).catch(() => {});",
      "",
    ],
  }),
  ...mutantsOf("lib/chat/private_messages.ts", PRIVATE, {
    "a message to a client that is asleep is lost": [
      "setTimeout(() => this.#keep(message)",
      "setTimeout(() => this.#confirm(message)",
    ],
    "any PONG confirms all messages": ["({ receiptId }) => receiptId === id", "() => true"],
    "a message that is confirmed is delivered again": [
      "if (kept !== null) this.#remove(kept);\n  }\n\n  #remove",
      "}\n\n  #remove",
    ],
    "a client that takes no part in the chat takes what is kept": [
      "|| !member.isPresent) return;\n    this.#lost.forget",
      ") return;\n    this.#lost.forget",
    ],
    "a message to an account that has quit is kept": ['if (how !== "quit") this', "this"],
    "a message to an account that is back under another nick is kept": [
      "    this.#lost.forget(mailbox);\n",
      "",
    ],
    "nobody is told of a message to an old client that is lost": [
      'kept === null ? how !== "lost" || isOld : from === null',
      "kept === null || from === null",
    ],
  }),
  ...mutantsOf("lib/chat/mailbox.ts", PRIVATE, {
    "what is kept for an account goes to a guest with the secret": [
      "return accountId === null",
      'return accountId !== ""',
    ],
  }),
  ...mutantsOf("lib/chat/kept_messages.ts", PRIVATE, {
    "what is kept for one client goes to every client": [
      "WHERE owner = ? AND",
      "WHERE ? != '' AND",
    ],
  }),
  ...mutantsOf("lib/server/context/client_identity.ts", PRIVATE, {
    "what is kept for an account goes to a later one of its name": [
      "`${this.#account.createdMs}:${this.#account.name}`",
      "this.#account.name",
    ],
  }),
  ...mutantsOf("lib/chat/kept_changes.ts", tests("chat/kept_messages"), {
    "any number of messages is kept for a client": [
      ">= LIMITS.keptMessagesPerClient",
      "> LIMITS.keptMessagesPerClient",
    ],
    "any number of messages is kept from a network": [
      ">= LIMITS.keptMessagesPerNetwork",
      "> LIMITS.keptMessagesPerNetwork",
    ],
    "any number of messages is kept": [">= LIMITS.keptMessages;", "> LIMITS.keptMessages;"],
  }),
  ...mutantsOf("lib/chat/kept_messages.ts", tests("chat/kept_messages"), {
    "a message is kept for ever": ["until_ms > ? ORDER", "until_ms > ? - 1e15 ORDER"],
  }),
  ...mutantsOf("lib/client/event_feed.ts", tests("library/events"), {
    "the queue of a loop grows without end": [
      "this.#waiting.length < LIMITS.waitingEvents",
      "true",
    ],
    "a loop that is left has what waits": [
      "this.#waiting = [];\n    this.end(null);",
      "this.end(null);",
    ],
    "a lost connection looks like an end": [
      "if (reason === null) reader.resolve",
      "if (true) reader.resolve",
    ],
  }),
  ...mutantsOf("lib/client/inbox.ts", PRIVATE, {
    "a private message that is delivered again is shown again": [
      "this.#isKnown(event.id)) return;",
      "false) return;",
    ],
  }),
];
