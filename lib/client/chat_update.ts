import type { Topic } from "../protocol/chat_answers.ts";
import type { Endpoint } from "../stream/endpoint.ts";
import type { ReceivedEvent } from "./chat.ts";

/** What a {@link ReconnectingChat} reports. */
export type ChatUpdate =
  /** An event. `isPast`: it comes from the history, from before the join or a time offline. */
  | { readonly kind: "event"; readonly event: ReceivedEvent; readonly isPast: boolean }
  /** The client is in a room, for the first time or again. `topic` is `null` if there is none. */
  | {
    readonly kind: "entered";
    readonly room: string;
    readonly members: readonly string[];
    readonly topic: Topic | null;
  }
  /** The next `count` messages are missing: the server does not keep them any more. */
  | { readonly kind: "missed"; readonly room: string; readonly count: number }
  /** The client has another nick than before: the server gave it one, or `wanted` is free again. */
  | { readonly kind: "nick"; readonly nick: string; readonly wanted: string | null }
  /**
   * So many messages wait: for a connection, for the pace that the server allows, or to be sent again.
   * 0: none waits any more.
   */
  | { readonly kind: "waiting"; readonly count: number }
  /** A message in protocol 1 that the server refused, and that could not be sent in protocol 2. */
  | { readonly kind: "unsent"; readonly text: string; readonly error: unknown }
  /** The connection is lost; the next attempt follows after `retryMs`. */
  | { readonly kind: "offline"; readonly error: unknown; readonly retryMs: number }
  /** The client is connected to `server` and logged in, for the first time or again. */
  | { readonly kind: "online"; readonly isFirst: boolean; readonly server: Endpoint };
