import type { RoomMessage } from "../protocol/chat_events.ts";
import { checkRoomName } from "../protocol/chat_names.ts";
import { ConnectionError, messageOf } from "../protocol/errors.ts";
import { Chat, type ChatConnection, type ReceivedEvent } from "./chat.ts";
import type { ConnectOptions, RequestOptions } from "./connect_options.ts";
import { EventFeed } from "./event_feed.ts";
import { isOver } from "./is_over.ts";

/** A connection of a chat, and its end. */
export interface EndingChatConnection extends ChatConnection {
  /** As `Connection.closed`. */
  readonly closed: Promise<Error | null>;
  /** As `Connection.close`. */
  close(reason: ConnectionError): void;
}

/** The chat of a client, with loops over what it receives. */
export class ClientChat extends Chat {
  readonly #feed = new EventFeed();
  readonly #sinceMs = performance.now();
  readonly #connection: EndingChatConnection;
  readonly #options: Pick<ConnectOptions, "peers">;

  /** Uses the connection, which the client owns. @param options `peers`: whether other servers are gone to */
  constructor(connection: EndingChatConnection, options: Pick<ConnectOptions, "peers">) {
    super(connection);
    this.#connection = connection;
    this.#options = options;
    connection.closed.then((reason) => this.#feed.end(reason));
  }

  /** See {@link Client.events}. */
  events({ signal }: RequestOptions = {}): AsyncIterableIterator<ReceivedEvent> {
    return this.#feed.subscribe((event) => event, signal);
  }

  /**
   * The messages of a room from now on, the client's own included, for a loop as that of
   * {@link Client.events}. It joins no room, and a server of protocol 1 sends no such messages.
   *
   * @throws {RequestError} `bad-request` for a name that no room can have
   *
   * @example Read what is said in a room
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * await using server = await serve({ port: 0, root: await Deno.makeTempDir() });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await client.chat.join("design");
   * const messages = client.chat.messages("design");
   * await client.chat.say("It is blue", { room: "design" });
   * for await (const { from, text } of messages) {
   *   console.log(from, text);
   *   break;
   * }
   * ```
   */
  messages(room: string, { signal }: RequestOptions = {}): AsyncIterableIterator<RoomMessage> {
    checkRoomName(room);
    return this.#feed.subscribe((event) => {
      return event.event === "message" && "room" in event && event.room === room ? event : null;
    }, signal);
  }

  /** As {@link Chat.movesOn}. */
  override movesOn(error: unknown, isCounted = false): boolean {
    // To a client that is connected, a server takes no other connection once it stops
    if (error instanceof ConnectionError) return error.code === "refused" && this.#leave(error);
    return isOver(error, this.#sinceMs, isCounted) && this.#leave(error);
  }

  /** Ends the connection if there is another server. */
  #leave(error: unknown): boolean {
    const isAlone = this.#options.peers === false || (this.cluster?.peers.length ?? 0) < 2;
    if (isAlone) return false;
    // As to a server that says nothing, the client comes back to this one last
    this.#connection.close(new ConnectionError("timeout", messageOf(error), { cause: error }));
    return true;
  }

  /** Takes an event of the connection. @param isEarly whether the client is not there yet */
  override noticeEvent(event: ReceivedEvent, isEarly = false): void {
    super.noticeEvent(event);
    this.#feed.publish(event, isEarly);
  }
}
