import type { ChatEvent } from "../protocol/chat_events.ts";
import type { ConnectionError, ConnectionErrorOptions } from "../protocol/errors.ts";
import type { ServerHello } from "../protocol/hello.ts";
import type { ClientWorkers } from "../worker/client_workers.ts";
import type { ConnectionContext } from "./client_protocol.ts";
import type { Protocol1Client } from "./protocol1_client.ts";

/** Options of a connection. */
export interface ConnectionOptions {
  /** The protocol; `auto` means 2 if the server speaks it, else 1. */
  readonly protocol: 1 | 2 | "auto";
  /** How long to wait for the answer to HELO before a guess, where the protocol is `auto`. */
  readonly guessMs: number;
  /** How long to wait for the answer to HELO where protocol 2 is required. */
  readonly handshakeMs: number;
  /** How long a server may be silent; `null` for what its protocol allows. */
  readonly silenceMs: number | null;
  /** The session that this data connection attaches to; `null` for a control connection. */
  readonly attach: string | null;
  /**
   * The answer to HELO that the server gave on another connection: requests need not wait for the one of this
   * connection. Default: they wait.
   */
  readonly hello?: ServerHello;
  /** Whether the client takes part in the chat. */
  readonly present: boolean;
  /** The secret by which the client comes back; `null` if it does not. */
  readonly resume: string | null;
  /** Whether the client is about to log in. Default: no. */
  readonly login?: boolean | undefined;
  /** Whether the client takes a nick at once. Default: no. */
  readonly rename?: boolean | undefined;
  /**
   * The error for a server that sends these bytes in place of its first frame; `null` if they tell
   * nothing. Default: none is told apart.
   */
  readonly foreignError?: (bytes: Uint8Array) => ConnectionError | null;
  /** What an error tells of a server that has never sent anything. Default: nothing. */
  readonly silence?: ConnectionErrorOptions;
  /** Starts the threads that move files; the connection ends them. */
  readonly startWorkers: () => ClientWorkers;
  /** Makes the client's side of protocol 1; `null` where only protocol 2 is spoken. */
  readonly startProtocol1: ((context: ConnectionContext) => Protocol1Client) | null;
  /** Called with each event of protocol 2. */
  readonly onEvent: (event: ChatEvent) => void;
  /** Called when the server answers HELO, however late. */
  readonly onHello: () => void;
  /** Called when the server proves to be one of protocol 1. */
  readonly onProtocol1: () => void;
  /** Called when HELO has come after `negotiate`: the connection speaks protocol 2 from now on. */
  readonly onUpgrade: () => void;
}
