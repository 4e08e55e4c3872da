import { bold, dim, inverse } from "@std/fmt/colors";
import { type ReceivedEvent } from "../../client/chat.ts";
import type { PresentMember } from "../../client/chat_results.ts";
import { LOBBY, SERVER_NAME } from "../../protocol/chat_names.ts";
import type { Topic } from "../../protocol/chat_answers.ts";
import type { SharedFile, TopicEvent } from "../../protocol/chat_events.ts";
import { cleanLine, cleanText, display, type DisplayText, joinTexts } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { formatClock, formatRecentTime } from "./format_time.ts";
import { colorNick } from "./nick_color.ts";
import { formatMessage } from "./output.ts";

/** How events of the chat are shown. */
export interface ChatViewContext {
  /** The client's own nick, or `null`. */
  readonly ownNick: string | null;
  /** The room that a line names no room for. */
  readonly room: string;
  readonly locale: Locale;
  /** Whether a person reads the lines, with times and colours, or a script. */
  readonly isTerminal: boolean;
  /** Milliseconds since 1970: events of other days get a date. */
  readonly nowMs: number;
}

/**
 * An event of the chat as lines for a person or a script, safe for a terminal.
 *
 * @returns `null` for an event that is not shown
 */
export function describeHeard(
  event: ReceivedEvent,
  context: ChatViewContext,
): DisplayText | null {
  if (event.event === "line") return formatMessage(event.text);
  return context.isTerminal
    ? describeForPeople(event, context)
    : describeForScripts(event, context);
}

/** The text of a message that says what its sender does begins with this (section 3.9). */
export const ACTION_PREFIX = "/me ";

function actionOf(text: DisplayText): DisplayText | null {
  return text.startsWith(ACTION_PREFIX) ? cleanText(text.slice(ACTION_PREFIX.length)) : null;
}

/** A chat message of protocol 1, taken apart. */
export interface ChatLine {
  /** `null` when the line names no sender. */
  readonly from: string | null;
  readonly text: string;
}

/** Takes `[NICK]: TEXT` apart, as servers of protocol 1 send it. */
export function parseChatLine(line: string): ChatLine {
  const [, from = null, text = line] = /^\[([^\]\n]{1,128})\]: (.*)$/s.exec(line) ?? [];
  return { from, text };
}

/** Whether a text mentions a nick as a word of its own. */
export function isMentioned(nick: string | null, text: string): boolean {
  if (nick === null) return false;
  const name = RegExp.escape(nick.toLowerCase());
  return new RegExp(`(?<![\\p{L}\\p{N}_.-])${name}(?![\\p{L}\\p{N}_-])`, "u")
    .test(text.toLowerCase());
}

function describeForPeople(
  event: Exclude<ReceivedEvent, { event: "line" }>,
  context: ChatViewContext,
): DisplayText | null {
  const { locale, locale: { t } } = context;
  if (event.event === "hidden" || event.event === "peers") return null;
  const now = dim(formatRecentTime("time" in event ? event.time : context.nowMs, context.nowMs));
  switch (event.event) {
    case "message":
      return display`${now} ${describeMessage(event, context)}`;
    case "file":
      return display`${now} ${roomOf(event, context)}${
        t("shared", {
          ...describeFile(event, locale),
          nick: nickOf(event.from),
        })
      }`;
    case "joined":
    case "left":
      return dim(
        display`${now} ${roomOf(event, context)}${
          t(event.event === "joined" ? "joined" : "parted", { nick: cleanLine(event.nick) })
        }`,
      );
    case "nick":
      if (event.nick === context.ownNick) return null; // The answer to the command says it
      return dim(
        display`${now} ${t("renamed", { old: cleanLine(event.old), nick: cleanLine(event.nick) })}`,
      );
    case "topic":
      return dim(display`${now} ${roomOf(event, context)}${describeTopicChange(event, locale)}`);
    case "notice":
      return display`${now} ${
        bold(display`[${cleanLine(SERVER_NAME)}] ${formatMessage(event.text)}`)
      }`;
    case "shutdown":
      return display`${now} ${bold(t("serverStops"))}`;
  }
}

function describeMessage(
  event: Extract<ReceivedEvent, { event: "message" }>,
  context: ChatViewContext,
): DisplayText {
  const { t } = context.locale;
  const text = formatMessage(event.text);
  if ("to" in event) {
    const from = nickOf(event.from);
    return display`${t("privately", { from, to: nickOf(event.to) })}: ${text}`;
  }
  const action = actionOf(text);
  if (action !== null) {
    return display`${roomOf(event, context)}${
      t("action", { nick: nickOf(event.from), text: action })
    }`;
  }
  const isMention = event.from !== context.ownNick && isMentioned(context.ownNick, event.text);
  const nick = isMention ? bold(inverse(display` ${cleanLine(event.from)} `)) : nickOf(event.from);
  return display`${roomOf(event, context)}${nick}: ${isMention ? bold(text) : text}`;
}

function describeForScripts(
  event: Exclude<ReceivedEvent, { event: "line" }>,
  context: ChatViewContext,
): DisplayText | null {
  const { t } = context.locale;
  if (event.event === "notice") {
    return display`[${cleanLine(SERVER_NAME)}]: ${formatMessage(event.text)}`;
  }
  if (event.event === "topic") {
    return display`${roomOf(event, context)}* ${describeTopicChange(event, context.locale)}`;
  }
  if (event.event !== "message" && event.event !== "file") return null;
  const from = cleanLine(event.from);
  if (event.event === "file") {
    const file = describeFile(event, context.locale);
    return display`${roomOf(event, context)}[${from}]: ${t("sharedLine", file)}`;
  }
  if (event.from === context.ownNick) return null;
  const text = formatMessage(event.text);
  if ("to" in event) return display`[${from} → ${cleanLine(event.to)}]: ${text}`;
  const action = actionOf(text);
  if (action === null) return display`${roomOf(event, context)}[${from}]: ${text}`;
  return display`${roomOf(event, context)}${t("action", { nick: from, text: action })}`;
}

function describeFile({ seq, path, size }: SharedFile, locale: Locale) {
  return { number: seq, path: cleanLine(path), size: locale.size(size) };
}

function nickOf(nick: string): DisplayText {
  return colorNick(nick);
}

/** The room of an event, unless it is the one that needs no name. */
function roomOf(
  { room }: { readonly room: string },
  { room: current, isTerminal }: ChatViewContext,
): DisplayText {
  return room === (isTerminal ? current : LOBBY) ? display`` : display`#${cleanLine(room)} `;
}

/** The topic of a room on one line, with its author and time; of a room without one, a text that says so. */
export function describeTopic(room: string, topic: Topic | null, { t }: Locale): DisplayText {
  if (topic === null) return t("noTopic", { room: cleanLine(room) });
  return t("topicOf", {
    room: cleanLine(room),
    text: cleanLine(topic.text),
    nick: cleanLine(topic.from),
    time: formatRecentTime(topic.time, Date.now()),
  });
}

function describeTopicChange({ from, text }: TopicEvent, { t }: Locale): DisplayText {
  const nick = cleanLine(from);
  return text === "" ? t("topicRemoved", { nick }) : t("topicSet", { nick, text: cleanLine(text) });
}

/** A client on one line, with its account, the time of its arrival, and whether it is away. */
export function describeMember(
  { nick, user, since, away }: PresentMember,
  { t }: Locale,
): DisplayText {
  const line = t("memberSince", {
    nick: cleanLine(nick),
    user: describeAccount(user),
    since: formatClock(since),
  });
  return display`${line}${describeAway(away, t)}`;
}

/** What is known of a client, on one line. @param rooms those that it shares with the reader */
export function describeWhois(
  { nick, user, since, away }: PresentMember,
  rooms: readonly string[],
  { t }: Locale,
): DisplayText {
  const line = t("whois", {
    nick: cleanLine(nick),
    user: describeAccount(user),
    since: formatClock(since),
    rooms: joinTexts(rooms.map((room) => display`#${cleanLine(room)}`), display`, `) || display`-`,
  });
  return display`${line}${describeAway(away, t)}`;
}

function describeAway(away: string | null, t: Locale["t"]): DisplayText {
  return away === null ? display`` : t("awayNote", { text: cleanLine(away) });
}

/** The account of a client behind its nick; nothing for a guest. */
function describeAccount(user: string | null): DisplayText {
  return user === null ? display`` : display` (${cleanLine(user)})`;
}
