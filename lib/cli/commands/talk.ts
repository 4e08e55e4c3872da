import { briefRetry } from "../../client/backoff.ts";
import { LOBBY, type MessageTarget, type ReceivedEvent } from "../../client/chat.ts";
import { connect, type ConnectOptions } from "../../client/client.ts";
import { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import { onAbort } from "../../async/on_abort.ts";
import { defined } from "../options/defined.ts";
import { AnnouncedFiles } from "../view/announced_files.ts";
import { parseChatLine } from "../view/chat_line.ts";
import { describeHeard } from "../view/chat_view.ts";
import type { Locale } from "../texts/locale.ts";
import { EXIT } from "../texts/failure.ts";
import { writeOut } from "../view/output.ts";

/** How to reach the server. */
export interface TalkOptions {
  readonly connection: ConnectOptions;
  /** The nick to take. Default: what the server gives. */
  readonly nick?: string | undefined;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Sends one message and leaves once the server took it.
 *
 * @throws {ConnectionError} when it may not have arrived
 */
export async function say(
  text: string,
  options: TalkOptions & { readonly target: MessageTarget },
): Promise<number> {
  const { connection, signal, nick, target } = options;
  const client = await connect(connection);
  onAbort(signal, () => client.close());
  try {
    if (nick !== undefined) await client.chat.setNick(nick);
    if ("room" in target && target.room !== LOBBY) await client.chat.join(target.room);
    await client.chat.say(text, target);
    const reason = await client.quit();
    signal.throwIfAborted();
    if (reason !== null) throw reason;
    return EXIT.done;
  } finally {
    client.close();
  }
}

/** What `listen` is to do. */
export interface ListenOptions extends TalkOptions {
  /** Rooms to listen to. */
  readonly rooms: readonly string[];
  /** How much of their past to print. */
  readonly history: number;
  readonly json: boolean;
  readonly locale: Locale;
  readonly onConnected: () => void;
}

/**
 * Prints the chat, a message a line, until it is interrupted.
 *
 * @throws {ConnectionError} when the server goes away; the signal's reason
 */
export async function listen(options: ListenOptions): Promise<never> {
  const { connection, rooms, history, json, locale, signal, nick } = options;
  const files = new AnnouncedFiles();
  const chat = await ReconnectingChat.start({
    ...connection,
    signal,
    history,
    rooms: rooms.filter((room) => room !== LOBBY),
    ...defined({ nick }),
    retry: briefRetry,
    onUpdate: (update) => {
      if (update.kind !== "event" || !isWanted(update.event, rooms)) return;
      const { event } = update;
      const number = event.event === "file" ? files.add(event) : 0;
      const line = json ? toJson(event) : describeHeard(event, {
        ownNick: null,
        room: LOBBY,
        locale,
        isTerminal: false,
        nowMs: Date.now(),
      }, number);
      if (line !== null) writeOut(`${line}\n`);
    },
  });
  options.onConnected();
  await chat.ended;
  throw signal.reason;
}

/** What is said in another room is not asked for; what is said to one alone always is. */
function isWanted(event: ReceivedEvent, rooms: readonly string[]): boolean {
  return !("room" in event) || rooms.includes(event.room);
}

/** `null` for what is no message. */
function toJson(event: ReceivedEvent): string | null {
  if (event.event === "line") {
    const { from, text } = parseChatLine(event.text);
    return JSON.stringify({ event: "message", room: LOBBY, from, text, time: Date.now() });
  }
  if (event.event === "notice") {
    const { text } = event;
    return JSON.stringify({
      event: "message",
      room: LOBBY,
      from: "SERVER",
      text,
      time: Date.now(),
    });
  }
  return event.event === "message" || event.event === "file" ? JSON.stringify(event) : null;
}
