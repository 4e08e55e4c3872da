import { type ReceivedEvent } from "../../client/chat.ts";
import { LOBBY } from "../../protocol/chat_names.ts";
import type { ChatUpdate } from "../../client/chat_update.ts";
import type { Topic } from "../../protocol/chat_answers.ts";
import type { RoomEvent } from "../../protocol/chat_events.ts";
import { cleanLine, display, type DisplayText, joinTexts } from "../../protocol/text.ts";
import { type Endpoint, formatEndpoint } from "../../stream/endpoint.ts";
import type { LineInput } from "../terminal/line_input.ts";
import type { Locale } from "../texts/locale.ts";
import { AnnouncedFiles } from "../view/announced_files.ts";
import { describeHeard, describeTopic, isMentioned } from "../view/chat_view.ts";
import { IgnoredNicks } from "./ignored_nicks.ts";
import { Roster } from "./roster.ts";

/** The number of unread lines that are kept of a room. */
const KEPT_LINES = 200;

/** Options of a {@link ChatScreen}. */
export interface ChatScreenOptions {
  readonly input: LineInput;
  readonly locale: Locale;
  /** Ring for private messages and mentions of the own nick. */
  readonly bell: boolean;
  /** The client's own nick, or `null`. */
  readonly ownNick: () => string | null;
  /** Called when the first connection is there. */
  readonly onFirst: (server: Endpoint) => void;
  /** Whether the client may go on at another server. */
  readonly hasOthers: () => boolean;
}

/** The lines of a room that is not shown. */
interface UnreadRoom {
  count: number;
  readonly lines: DisplayText[];
}

/**
 * Shows the chat: on a terminal one room at a time, with a count of unread messages in the others; on
 * a pipe all rooms.
 */
export class ChatScreen {
  readonly files = new AnnouncedFiles();
  readonly roster = new Roster();
  readonly ignored = new IgnoredNicks();
  readonly #options: ChatScreenOptions;
  readonly #unread = new Map<string, UnreadRoom>();
  /** The topics of the rooms that the client is in; `null` for none. */
  readonly #topics = new Map<string, Topic | null>();
  #room: string | null = LOBBY;
  /** Seconds until the next attempt to connect; `null` while there is a connection. */
  #retrySeconds: number | null = null;
  #waiting = 0;
  #server: Endpoint | null = null;
  #hasEntered = false;

  /** Shows nothing yet. */
  constructor(options: ChatScreenOptions) {
    this.#options = options;
  }

  /** The room that is shown and that messages go to; `null` for none. */
  get room(): string | null {
    return this.#room;
  }

  /** The server of the last connection; `null` before the first. */
  get server(): Endpoint | null {
    return this.#server;
  }

  /** Shows another room, and its unread lines. */
  show(room: string | null): void {
    this.#room = room;
    const unread = room === null ? undefined : this.#unread.get(room);
    if (room !== null) this.#unread.delete(room);
    if (unread !== undefined) this.#options.input.print(joinTexts(unread.lines, display`\n`));
  }

  /** The rooms with unread messages, and how many. */
  unread(): Array<{ readonly room: string; readonly count: number }> {
    return [...this.#unread].filter(([, { count }]) => count > 0)
      .map(([room, { count }]) => ({ room, count }));
  }

  /** The room that is shown and the unread messages of others, before the rest of a prompt. */
  describePlace(isOnline: boolean, end: DisplayText): DisplayText {
    const unread = this.unread().map(({ room, count }) => `${room}:${count}`);
    const place = [isOnline ? this.#room ?? "" : "-", ...unread].filter((word) => word !== "");
    return place.length === 0 ? end : display`[${cleanLine(place.join(" "))}] ${end}`;
  }

  /** Drops a room that was left: its unread lines, and its nicks. */
  forget(room: string): void {
    this.#unread.delete(room);
    this.#topics.delete(room);
    this.roster.forget(room);
  }

  /** Shows an update of the chat. */
  onUpdate(update: ChatUpdate): void {
    const { input, locale: { t } } = this.#options;
    switch (update.kind) {
      case "event":
        return this.#onEvent(update.event, update.isPast);
      case "entered":
        return this.#onEntered(update);
      case "missed":
        return input.print(t("missed", { room: cleanLine(update.room), count: update.count }));
      case "nick":
        return this.#onNick(update.nick, update.wanted);
      case "waiting":
        this.#waiting = update.count;
        return this.#showStatus();
      case "online":
        return this.#onOnline(update);
      case "offline":
        return this.#onOffline(update.error, Math.ceil(update.retryMs / 1000));
    }
  }

  #onNick(nick: string, wanted: string | null): void {
    const { input, locale: { t } } = this.#options;
    const isOther = wanted !== null && wanted !== nick;
    const parameters = { nick: cleanLine(nick), wanted: cleanLine(wanted ?? "") };
    input.print(isOther ? t("otherNick", parameters) : t("nickIs", parameters));
  }

  #onEntered({ room, members, topic }: Extract<ChatUpdate, { kind: "entered" }>): void {
    const isFirst = !this.#hasEntered;
    this.#hasEntered = true;
    this.roster.setMembers(room, members);
    const { input, locale } = this.#options;
    const known = this.#topics.get(room);
    this.#topics.set(room, topic);
    if (!input.isTerminal) return;
    if (isFirst) {
      input.print(
        locale.t("hereNow", { room: cleanLine(room), members: this.roster.describe(room) }),
      );
      if (topic !== null) input.print(describeTopic(room, topic, locale));
    } else if (known !== undefined && known?.text !== topic?.text) {
      input.print(describeTopic(room, topic, locale));
    }
  }

  /** The room as it is shown on coming: its members, and its topic if it has one. */
  describeRoom(room: string): DisplayText {
    const { locale } = this.#options;
    const topic = this.#topics.get(room) ?? null;
    const line = locale.t("nowIn", {
      room: cleanLine(room),
      members: this.roster.describe(room),
    });
    return topic === null ? line : display`${line}\n${describeTopic(room, topic, locale)}`;
  }

  #onOnline({ isFirst, server }: Extract<ChatUpdate, { kind: "online" }>): void {
    const { input, locale: { t }, onFirst } = this.#options;
    const address = formatEndpoint(server);
    const isSame = this.#server !== null && formatEndpoint(this.#server) === address;
    this.#server = server;
    if (isFirst) return onFirst(server);
    this.#retrySeconds = null;
    this.#showStatus();
    input.print(isSame ? t("online") : t("onlineElsewhere", { address: cleanLine(address) }));
  }

  /** Prints the loss once; the status line counts down to the next attempt. */
  #onOffline(error: unknown, seconds: number): void {
    const { input, locale: { t, failure }, hasOthers } = this.#options;
    const { message: reason } = failure(error);
    const text = hasOthers() ? "offlineOfSeveral" : "offline";
    if (this.#retrySeconds === null) input.print(t(text, { reason }));
    this.#retrySeconds = seconds;
    this.#showStatus();
  }

  /** The status line: when the client tries to connect, and how many messages wait. */
  #showStatus(): void {
    const { input, locale: { t } } = this.#options;
    const seconds = this.#retrySeconds;
    const parts = [
      ...(seconds === null ? [] : [t("nextAttempt", { seconds })]),
      ...(this.#waiting === 0 ? [] : [t("waiting", { count: this.#waiting })]),
    ];
    input.status(parts.length === 0 ? null : parts.join(" "));
  }

  #onEvent(event: ReceivedEvent, isPast: boolean): void {
    this.roster.notice(event);
    this.ignored.notice(event);
    if (event.event === "file") this.files.add(event);
    if (event.event === "topic") {
      this.#topics.set(event.room, event.text === "" ? null : event);
    }
    // Until then the client may not know that the nick is its own
    if (event.event === "nick" && !this.#hasEntered) return;
    if (this.ignored.hides(event)) return;
    const hidden = "room" in event && this.#options.input.isTerminal && event.room !== this.#room;
    const line = this.#describe(event, hidden ? event.room : this.#room);
    if (line === null) return;
    if (hidden) this.#keep(event.room, line, "seq" in event && !isPast);
    else this.#options.input.print(line);
    if (!isPast) this.#ring(event);
  }

  /** A past event of the room that is shown, as a line. */
  describePast(event: RoomEvent): DisplayText {
    if (event.event === "file") this.files.add(event);
    return this.#describe(event, event.room) ?? display``;
  }

  /** An event as a line, seen from a room. */
  #describe(event: ReceivedEvent, room: string | null): DisplayText | null {
    const { input, locale, ownNick } = this.#options;
    return describeHeard(event, {
      ownNick: ownNick(),
      room: room ?? "",
      locale,
      isTerminal: input.isTerminal,
      nowMs: Date.now(),
    });
  }

  #keep(room: string, line: DisplayText, counts: boolean): void {
    const unread = this.#unread.get(room) ?? { count: 0, lines: [] };
    if (counts) unread.count++;
    unread.lines.push(line);
    if (unread.lines.length > KEPT_LINES) unread.lines.shift();
    this.#unread.set(room, unread);
  }

  /** Rings for private messages and mentions of the own nick. */
  #ring(event: ReceivedEvent): void {
    const { bell, input, ownNick } = this.#options;
    const nick = ownNick();
    if (!bell || !input.isTerminal || event.event !== "message" || event.from === nick) return;
    if ("to" in event || isMentioned(nick, event.text)) input.ring();
  }
}
