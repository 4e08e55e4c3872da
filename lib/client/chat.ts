import { formatLine } from "../chat/chat_texts.ts";
import {
  decodeTopic,
  type HistoryRange,
  type JoinedRoom,
  type RoomInfo,
  type Topic,
} from "../protocol/chat_answers.ts";
import type { ChatEvent, RoomEntry, RoomEvent } from "../protocol/chat_events.ts";
import { LOBBY, SERVER_NAME } from "../protocol/chat_names.ts";
import { Fields, type JsonObject } from "../protocol/json.ts";
import type { Cluster, PresentMember, SentMessage } from "./chat_results.ts";
import { checkMessage } from "./check_message.ts";
import { decodeEntries, decodeJoined, decodeMembers, decodeSent } from "./decode_chat.ts";
import { listRooms } from "./list_rooms.ts";
import type { Protocol1Client } from "./protocol1_client.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** An event that a client receives: of protocol 2, or a line as a server of protocol 1 sends it. */
export type ReceivedEvent = ChatEvent | { readonly event: "line"; readonly text: string };

/** Where a message goes: to a room that the client is in, or to one member. */
export type MessageTarget = { readonly room: string } | { readonly to: string };

/** The connection of a chat. */
export interface ChatConnection {
  /** The protocol that it speaks. */
  readonly handler: Protocol1Client | Protocol2Client;
  /** As `Connection.requireProtocol2`. */
  requireProtocol2(): Promise<Protocol2Client>;
}

/**
 * The chat of a client. Requests fail as those of the client do. Of all of them, a server of
 * protocol 1 can do only `say`, in the lobby.
 */
export class Chat {
  readonly #connection: ChatConnection;
  /**
   * Ends the connection if an error says that the server stops, is out of step with the others of its cluster, does
   * not know what came of a request, or refuses a further connection, and there is another one.
   *
   * @param isCounted whether the caller gives up by itself where all servers are out of step
   * @returns whether it has
   */
  movesOn?(error: unknown, isCounted?: boolean): boolean;
  /** The nick that the client has taken; `null` while it has the one of HELO. */
  #nick: string | null = null;
  #isServerStopping = false;

  /** Uses the connection, which the client owns. */
  constructor(connection: ChatConnection) {
    this.#connection = connection;
  }

  /** The cluster of the server, with the servers that are there now; `null` if it belongs to none. */
  get cluster(): Cluster | null {
    const { handler } = this.#connection;
    if (handler.version === 1 || handler.hello.cluster === null) return null;
    return { ...handler.hello.cluster, peers: handler.peers };
  }

  /** Whether the server has said that it stops. */
  get isServerStopping(): boolean {
    return this.#isServerStopping;
  }

  /** The client's own nick; `null` in protocol 1, where the server does not tell it. */
  get nick(): string | null {
    const { handler } = this.#connection;
    return this.#nick ?? (handler.version === 2 ? handler.hello.you.nick : null);
  }

  /**
   * Sends a message, to the lobby by default. Protocol 1 does not acknowledge it: the promise resolves
   * at once there, and `quit` waits until the server has taken everything.
   *
   * @param text a line may end in LF or CRLF
   * @throws {RequestError} also `bad-request` when it is empty or holds a control character,
   * `too-large` beyond 4096 bytes; `rate-limited` when it comes too soon, with `retryAfterMs` where the
   * server tells it
   *
   * @example Send a message to the lobby, and one to a member
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await client.chat.say("good morning");
   * await client.chat.say("note to self", { to: client.chat.nick ?? "" });
   * ```
   */
  async say(text: string, target: MessageTarget = { room: LOBBY }): Promise<SentMessage> {
    const message = text.replaceAll("\r\n", "\n");
    checkMessage(message);
    const { handler } = this.#connection;
    if (handler.version === 1 && "room" in target && target.room === LOBBY) {
      handler.sendChat(message);
      return { seq: null, time: Date.now() };
    }
    return decodeSent(await this.#request("SEND", { ...target, text: message }));
  }

  /**
   * Takes another nick, and returns it as the server has it.
   *
   * @param lost the chat of the connection that this one follows: in a cluster, it has ended on all servers then
   */
  async setNick(nick: string, lost: Chat | null = null): Promise<string> {
    const session = lost === null ? null : lost.#session;
    const isTold = session !== null && this.cluster !== null;
    const answer = await this.#request("NICK", { nick, ...(isTold && { session }) });
    return this.#nick = readAnswer(() => new Fields(answer).text("nick"));
  }

  /**
   * Joins a room, which is made if it does not exist.
   *
   * @example Join a room, and read its history
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await client.chat.join("design");
   * console.log(await client.chat.history("design", { limit: 20 }));
   * ```
   */
  async join(room: string): Promise<JoinedRoom> {
    return decodeJoined(await this.#request("JOIN", { room }));
  }

  /** Leaves a room. */
  async part(room: string): Promise<void> {
    await this.#request("PART", { room });
  }

  /**
   * The members of a room, or of the server.
   *
   * @example List the members of the server
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * for (const { nick } of await client.chat.members()) console.log(nick);
   * ```
   */
  async members(room?: string): Promise<PresentMember[]> {
    const answer = await this.#request("WHOS", room === undefined ? {} : { room });
    return decodeMembers(answer);
  }

  /**
   * The rooms of the server, the largest first; empty ones that have messages come last. A server
   * without the feature `rooms` tells only those with members, as many as fit into an answer.
   */
  async rooms(): Promise<RoomInfo[]> {
    return await listRooms(await this.#connection.requireProtocol2());
  }

  /**
   * The topic of a room that the client is in; `null` if there is none.
   *
   * @throws {RequestError} also `unsupported` if the server lacks the feature `topic`
   */
  async topic(room: string): Promise<Topic | null> {
    const answer = await this.#request("TOPC", { room });
    return readAnswer(() => decodeTopic(new Fields(answer)));
  }

  /**
   * Sets the topic of a room that the client is in; all its members are told.
   *
   * @param text one line of at most 512 bytes; `""` removes the topic
   * @returns the topic as the server keeps it, without invisible characters
   * @throws {RequestError} as `topic` does; `bad-request` for a text that breaks the rules
   *
   * @example Set the topic of a room
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await client.chat.join("release");
   * await client.chat.setTopic("release", "Version 3 leaves on Friday");
   * console.log(await client.chat.topic("release"));
   * ```
   */
  async setTopic(room: string, text: string): Promise<Topic | null> {
    const answer = await this.#request("TOPC", { room, text });
    return readAnswer(() => decodeTopic(new Fields(answer)));
  }

  /**
   * Says that the client is away, until it says otherwise or its connection ends. Members that send it
   * private messages, or ask for its status, learn the text.
   *
   * @param text one line of at most 512 bytes; `null` or `""` for a client that is back
   * @throws {RequestError} also `unsupported` if the server lacks the feature `away`; `bad-request` for
   * a text that breaks the rules
   *
   * @example Say that the client is away
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await client.chat.setAway("at lunch");
   * await client.chat.setAway(null);
   * ```
   */
  async setAway(text: string | null): Promise<void> {
    await this.#request("AWAY", text === null ? {} : { text });
  }

  /** Messages of a room that the client is in, oldest first, as many as fit into one answer. */
  async history(room: string, range: HistoryRange = {}): Promise<RoomEvent[]> {
    return (await this.entries(room, range)).filter((entry) => entry.event !== "hidden");
  }

  /** The same with the numbers of what the client may not read. */
  async entries(room: string, range: HistoryRange = {}): Promise<RoomEntry[]> {
    const answer = await this.#request("HIST", { room, ...range });
    return decodeEntries(answer);
  }

  /** Follows changes of the client's own nick, and of the server. */
  noticeEvent(event: ReceivedEvent): void {
    if (event.event === "shutdown") this.#isServerStopping = true;
    if (event.event === "nick" && event.old === this.nick) this.#nick = event.nick;
  }

  /** The token of the session; `null` in protocol 1. */
  get #session(): string | null {
    const { handler } = this.#connection;
    return handler.version === 2 ? handler.hello.you.session : null;
  }

  async #request(type: ChatRequestType, fields: Record<string, unknown>): Promise<JsonObject> {
    const { handler } = this.#connection;
    // No await where none is needed: requests leave in the order of the calls
    const protocol2 = handler.version === 2 ? handler : await this.#connection.requireProtocol2();
    return await protocol2.request(type, fields);
  }
}

type ChatRequestType =
  | "SEND"
  | "NICK"
  | "JOIN"
  | "PART"
  | "WHOS"
  | "HIST"
  | "TOPC"
  | "AWAY";

/** An event as a line of protocol 1, `[nick]: text`; `null` for one that is no message of others. */
export function lineOf(event: ReceivedEvent, ownNick: string | null): string | null {
  if (event.event === "line") return event.text;
  if (event.event === "notice") return formatLine(SERVER_NAME, event.text);
  const isNews = event.event === "message" && event.from !== ownNick;
  return isNews ? formatLine(event.from, event.text) : null;
}
