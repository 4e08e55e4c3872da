import type { ConnectionError, ProtocolError } from "../protocol/errors.ts";
import type { ChatRate } from "../protocol/hello.ts";
import type { Chat } from "./chat.ts";
import type { ConnectOptions } from "./connect_options.ts";

/** A client as a {@link ReconnectingChat} uses it: a program's, or that of the web page. */
export interface ChatClient {
  /** The chat. */
  readonly chat: Chat;
  /** The protocol of the connection. */
  readonly protocol: 1 | 2;
  /** The words of section 7 of the protocol that the server announces. */
  readonly features: readonly string[];
  /** The pace at which the server takes chat messages; `null` where it does not tell. */
  readonly chatRate: ChatRate | null;
  /** Resolves when the connection has ended: to `null` after `quit` or `close`, else to the reason. */
  readonly closed: Promise<ConnectionError | ProtocolError | null>;
  /** Whether the connection has ended. */
  readonly isClosed: boolean;
  /** Sends QUIT. Resolves to `null` if the server closes then, having taken all that was sent. */
  quit(): Promise<ConnectionError | ProtocolError | null>;
  /** Closes at once. */
  close(): void;
}

/** Makes a connection of a chat, and logs in. @throws {ConnectionError}; {RequestError} */
export type Connect<C> = (options: ConnectOptions) => Promise<C>;
