import { onAbort } from "../../async/on_abort.ts";
import type { MessageTarget } from "../../client/chat.ts";
import type { SentMessage } from "../../client/chat_results.ts";
import { LOBBY } from "../../protocol/chat_names.ts";
import type { Client } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import { type ConnectOptions } from "../../client/connect_options.ts";
import { retryLateHello } from "../../client/late_hello.ts";
import { RequestError } from "../../protocol/errors.ts";
import { cleanLine } from "../../protocol/text.ts";
import { nearNick } from "../../client/near_nick.ts";
import { EXIT } from "../texts/failure.ts";
import { HintedError } from "../texts/hinted_error.ts";
import type { Locale } from "../texts/locale.ts";

/** Options of `say`. */
export interface SayOptions {
  readonly connection: ConnectOptions;
  /** The nick to take. Default: the one that the server gives. */
  readonly nick?: string | undefined;
  readonly target: MessageTarget;
  /** Called when the server has taken the message. */
  readonly onSent?: (sent: SentMessage) => void;
  readonly locale: Pick<Locale, "t">;
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

/** Sends the message. Where none has its nick, the failure names the one that was meant. */
async function sayTo(
  { chat }: Client,
  text: string,
  { target, locale: { t } }: SayOptions,
): Promise<SentMessage> {
  try {
    return await chat.say(text, target);
  } catch (error) {
    const isMissing = error instanceof RequestError && error.reason === "nick-unknown";
    if (!isMissing || !("to" in target)) throw error;
    const members = await chat.members().catch(() => []); // The first failure is the one to tell
    const nicks = members.map(({ nick }) => nick);
    const near = nearNick(target.to, nicks.filter((nick) => nick !== chat.nick));
    throw near === null
      ? error
      : new HintedError(error, t("didYouMean", { name: cleanLine(near) }));
  }
}

async function sayOnce(text: string, options: SayOptions): Promise<number> {
  const { connection, nick, target, signal } = options;
  const client = await connect(connection);
  onAbort(signal, () => client.close());
  try {
    if (nick !== undefined) await client.chat.setNick(nick);
    const mustJoin = "room" in target && target.room !== LOBBY;
    if (mustJoin && !client.features.includes("presence")) await client.chat.join(target.room);
    options.onSent?.(await sayTo(client, text, options));
    const reason = await client.quit();
    signal.throwIfAborted();
    if (reason !== null) throw reason;
    return EXIT.done;
  } finally {
    client.close();
  }
}
