import type { ReceivedEvent } from "./chat.ts";

/** What a {@link ReconnectingChat} reports. */
export type ChatUpdate =
  /** An event. `isPast`: it happened before the client joined, or while it was disconnected. */
  | { readonly kind: "event"; readonly event: ReceivedEvent; readonly isPast: boolean }
  /** The client is in a room, for the first time or again. */
  | { readonly kind: "entered"; readonly room: string; readonly members: readonly string[] }
  /** Messages were missed that the server does not keep any more. */
  | { readonly kind: "missed"; readonly room: string; readonly count: number }
  /** The connection is lost; the next attempt follows after `retryMs`. */
  | { readonly kind: "offline"; readonly error: unknown; readonly retryMs: number }
  /** The client is connected, for the first time or again. */
  | { readonly kind: "online"; readonly isFirst: boolean };
