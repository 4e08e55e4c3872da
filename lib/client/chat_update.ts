import type { ReceivedEvent } from "./chat.ts";

/** What a lasting chat tells. */
export type ChatUpdate =
  /** Something happened. `isPast`: before one came, or while one was away. */
  | { readonly kind: "event"; readonly event: ReceivedEvent; readonly isPast: boolean }
  /** One is in a room, for the first time or again. */
  | { readonly kind: "entered"; readonly room: string; readonly members: readonly string[] }
  /** Messages that the server does not keep any more. */
  | { readonly kind: "missed"; readonly room: string; readonly count: number }
  /** The connection is lost; the next attempt comes after that time. */
  | { readonly kind: "offline"; readonly error: unknown; readonly retryMs: number }
  /** There is a connection: the first one, or another one after a loss. */
  | { readonly kind: "online"; readonly isFirst: boolean };
