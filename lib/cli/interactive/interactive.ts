import type { ReconnectingChatOptions } from "../../client/reconnecting_chat_options.ts";
import { briefRetry } from "../../client/backoff.ts";
import { connect } from "../../client/connect.ts";
import { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import { LOBBY } from "../../protocol/chat_names.ts";
import { type Endpoint, formatEndpoint } from "../../stream/endpoint.ts";
import { defined } from "../options/defined.ts";
import { EXIT } from "../texts/failure.ts";
import { writeError } from "../view/output.ts";
import { ChatScreen } from "./chat_screen.ts";
import { DEFAULT_HISTORY } from "../../client/reconnecting_chat_options.ts";
import type { ChatUpdate } from "../../client/chat_update.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import type { InteractiveOptions } from "./interactive_options.ts";
import { InteractiveSession } from "./interactive_session.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";

/**
 * Runs the interactive client on a terminal or a script, until `quit`, the end of input, or the end
 * of the chat.
 *
 * @returns the exit code; for a script that of the first command that failed
 */
export async function interact(options: InteractiveOptions): Promise<number> {
  const { nick, input, locale, bell } = options;
  const { t } = locale;
  let { connection } = options;
  let chat: ReconnectingChat | null = null;
  const ownNick = () => chat?.client.chat.nick ?? nick ?? null;
  const onFirst = (server: Endpoint) => {
    if (!input.isTerminal) return;
    input.print(t("connectedTo", { address: cleanLine(formatEndpoint(server)) }));
  };
  const hasOthers = () =>
    (connection.hosts ?? []).length > 0 || (chat?.client.chat.cluster?.peers ?? []).length > 1;
  const screen = new ChatScreen({ input, locale, bell, ownNick, onFirst, hasOthers });
  let session: InteractiveSession | null = null;
  const onUpdate = (update: ChatUpdate) => {
    screen.onUpdate(update);
    session?.onUpdate(update);
  };
  while (chat === null) {
    chat = await startChat(connection, options, onUpdate).catch(async (failure) => {
      connection = await options.askAgain(failure, connection);
      return null;
    });
  }
  const own = ownNick();
  const { client } = chat;
  const room = options.room();
  const hasChat = client.protocol === 1 || client.features.includes("chat");
  if (!hasChat) screen.show(null);
  else if (room !== undefined) screen.show(room);
  if (input.isTerminal && !hasChat) input.print(t("noChat"));
  else if (input.isTerminal && own !== null) input.print(t("yourNick", { nick: cleanLine(own) }));
  const interactive = session = new InteractiveSession(chat, screen, { ...options, connection });
  const unsent = await runToEnd(chat, interactive, options);
  if (!input.isTerminal) return interactive.exitCode;
  input.print(t("left"));
  return unsent === null ? EXIT.done : EXIT.incomplete;
}

/** Runs a session, and returns the list of what was not sent, which it prints; `null` for nothing. */
async function runToEnd(
  chat: ReconnectingChat,
  session: InteractiveSession,
  { input, signal }: InteractiveOptions,
): Promise<DisplayText | null> {
  let unsent: DisplayText | null = null;
  try {
    await Promise.race([chat.ended, session.lost, session.run()]);
    unsent = session.messages.describeUnsent(); // Those that wait are refused when the chat ends
    input.close();
    signal.throwIfAborted();
    await chat.quit();
  } finally {
    unsent ??= session.messages.describeUnsent();
    input.close();
    chat.close();
    if (unsent !== null && input.isTerminal) input.print(unsent);
    else if (unsent !== null) writeError(`${unsent}\n`);
  }
  return unsent;
}

function startChat(
  connection: ConnectOptions,
  { nick, signal, input, history, ...options }: InteractiveOptions,
  onUpdate: (update: ChatUpdate) => void,
): Promise<ReconnectingChat> {
  const room = options.room();
  return ReconnectingChat.start({
    ...connection,
    signal,
    rooms: room === undefined || room === LOBBY ? [] : [room],
    history: history ?? (input.isTerminal ? DEFAULT_HISTORY : 0),
    ...defined<ReconnectingChatOptions>({ nick, retry: input.isTerminal ? undefined : briefRetry }),
    onUpdate,
  }, connect);
}
