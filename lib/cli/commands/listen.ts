import type { ReconnectingChatOptions } from "../../client/reconnecting_chat_options.ts";
import { briefRetry } from "../../client/backoff.ts";
import { type ReceivedEvent } from "../../client/chat.ts";
import { LOBBY, SERVER_NAME } from "../../protocol/chat_names.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { connect } from "../../client/connect.ts";
import { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import { defined } from "../options/defined.ts";
import type { Locale } from "../texts/locale.ts";
import { describeHeard, parseChatLine } from "../view/chat_view.ts";
import type { ErrorOutput } from "../view/error_output.ts";
import { ResultOutput } from "../view/result_output.ts";
import { jsonLine } from "../view/json_line.ts";

/** Options of `listen`. */
export interface ListenOptions {
  readonly connection: ConnectOptions;
  /** The nick to take. Default: the one that the server gives. */
  readonly nick?: string | undefined;
  /** Rooms to listen to. */
  readonly rooms: readonly string[];
  /** Past messages to print of each room. */
  readonly history: number;
  readonly json: boolean;
  readonly locale: Locale;
  readonly onConnected: () => void;
  /** Where what is missing is told. */
  readonly errors: ErrorOutput;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Prints the chat, a message a line, until it is interrupted.
 *
 * @throws {ConnectionError} when the server goes away; the signal's reason
 * @throws {OutputClosedError} when a message cannot be written, since the reader is gone
 */
export async function listen(options: ListenOptions): Promise<never> {
  const { connection, rooms, history, json, locale, signal, nick, errors } = options;
  const describe = (event: ReceivedEvent) => json ? toJson(event) : toText(event, locale);
  const unwritable = new AbortController();
  const output = new ResultOutput({
    onError: (error) => unwritable.abort(error),
    limitBytes: LIMITS.unreadOutputBytes,
    onGap: (count) => errors.writeGap(count),
  });
  const ended = AbortSignal.any([signal, unwritable.signal]);
  const chat = await ReconnectingChat.start({
    ...connection,
    ...defined<ReconnectingChatOptions>({ nick }),
    signal: ended,
    history,
    rooms: rooms.filter((room) => room !== LOBBY),
    retry: briefRetry,
    onUpdate: (update) => {
      if (update.kind === "missed") {
        const { room, count } = update;
        return errors.write(`${locale.t("missed", { room: cleanLine(room), count })}\n`);
      }
      if (update.kind !== "event" || !isWanted(update.event, rooms)) return;
      const line = describe(update.event);
      if (line === null || ended.aborted) return;
      output.write(`${line}\n`);
    },
  }, connect);
  options.onConnected();
  try {
    await chat.ended;
  } finally {
    if (!unwritable.signal.aborted) await output.written(signal);
    await errors.written();
  }
  throw ended.reason;
}

/** Whether an event is of one of the rooms, or of no room: private messages are always wanted. */
function isWanted(event: ReceivedEvent, rooms: readonly string[]): boolean {
  return !("room" in event) || rooms.includes(event.room);
}

/** An event as people read it; `null` for one that is not shown. */
function toText(event: ReceivedEvent, locale: Locale): string | null {
  const context = { ownNick: null, room: LOBBY, locale, isTerminal: false, nowMs: Date.now() };
  return describeHeard(event, context);
}

/** A message, a shared file or a topic as a JSON line; `null` for other events. */
function toJson(event: ReceivedEvent): string | null {
  switch (event.event) {
    case "line":
      return lobbyMessage(parseChatLine(event.text));
    case "notice":
      return lobbyMessage({ from: SERVER_NAME, text: event.text });
    case "message":
    case "file":
    case "topic":
      return jsonLine(event);
    default:
      return null;
  }
}

/** A message that comes without a room and a time of its own. */
function lobbyMessage({ from, text }: { from: string | null; text: string }): string {
  return jsonLine({ event: "message", room: LOBBY, from, text, time: Date.now() });
}
