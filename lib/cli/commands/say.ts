import { onAbort } from "../../async/on_abort.ts";
import type { MessageTarget } from "../../client/chat.ts";
import type { SentMessage } from "../../client/chat_results.ts";
import { LOBBY } from "../../protocol/chat_names.ts";
import { connect } from "../../client/connect.ts";
import { type ConnectOptions } from "../../client/connect_options.ts";
import { retryLateHello } from "../../client/late_hello.ts";
import { EXIT } from "../texts/failure.ts";

/** Options of `say`. */
export interface SayOptions {
  readonly connection: ConnectOptions;
  /** The nick to take. Default: the one that the server gives. */
  readonly nick?: string | undefined;
  readonly target: MessageTarget;
  /** Called when the server has taken the message. */
  readonly onSent?: (sent: SentMessage) => void;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Sends one message, leaves once the server has taken it, and returns the exit code.
 *
 * @throws {ConnectionError} when the message may not have arrived
 */
export async function say(text: string, options: SayOptions): Promise<number> {
  return await retryLateHello(options.connection, async (connection) => {
    return await sayOnce(text, { ...options, connection });
  });
}

async function sayOnce(text: string, options: SayOptions): Promise<number> {
  const { connection, nick, target, signal } = options;
  const client = await connect(connection);
  onAbort(signal, () => client.close());
  try {
    if (nick !== undefined) await client.chat.setNick(nick);
    const mustJoin = "room" in target && target.room !== LOBBY;
    if (mustJoin && !client.features.includes("presence")) await client.chat.join(target.room);
    options.onSent?.(await client.chat.say(text, target));
    const reason = await client.quit();
    signal.throwIfAborted();
    if (reason !== null) throw reason;
    return EXIT.done;
  } finally {
    client.close();
  }
}
