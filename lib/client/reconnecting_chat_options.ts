import type { RetryPolicy } from "./backoff.ts";
import type { ChatUpdate } from "./chat_update.ts";
import type { ConnectOptions } from "./connect_options.ts";

/** Messages of a room that are reported on joining it, if the options give no number. */
export const DEFAULT_HISTORY = 50;

/** Options of a {@link ReconnectingChat}. */
export interface ReconnectingChatOptions
  extends Omit<ConnectOptions, "onChat" | "onEvent" | "signal"> {
  /** The nick to take. Default: the one that the server assigns. */
  readonly nick?: string;
  /** Rooms to be in besides the lobby. */
  readonly rooms?: readonly string[];
  /** Past messages of a room that are reported on joining it. Default {@link DEFAULT_HISTORY}. */
  readonly history?: number;
  /** The pause before each attempt to connect again. By default attempts never end. */
  readonly retry?: RetryPolicy;
  /** Ends the chat as `close` does. */
  readonly signal?: AbortSignal;
  /** Called with each event, and each change of the connection. Must not throw. */
  readonly onUpdate: (update: ChatUpdate) => void;
}
