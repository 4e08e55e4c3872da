import type { RetryPolicy } from "./backoff.ts";
import type { ChatUpdate } from "./chat_update.ts";
import type { ConnectOptions } from "./connect_options.ts";

/** Options of a {@link ReconnectingChat}. */
export interface ReconnectingChatOptions
  extends Omit<ConnectOptions, "onChat" | "onEvent" | "signal"> {
  /** The nick to take. Default: what the server gives. */
  readonly nick?: string;
  /** Rooms to be in besides the lobby. */
  readonly rooms?: readonly string[];
  /** How much of the past of a room is told on joining it. Default 50. */
  readonly history?: number;
  /** When to try again. Default: for ever. */
  readonly retry?: RetryPolicy;
  /** Ends the chat as `close` does. */
  readonly signal?: AbortSignal;
  /** Told of everything. Must not throw. */
  readonly onUpdate: (update: ChatUpdate) => void;
}
