import { RequestError } from "../../protocol/errors.ts";
import type { MessageTarget } from "../../client/chat.ts";
import type { SentMessage } from "../../client/chat_results.ts";
import { DEFAULT_HISTORY } from "../../client/reconnecting_chat_options.ts";
import { lastEvents } from "../../client/sync_room.ts";
import type { Omissions } from "../../protocol/answers.ts";
import { foldNick } from "../../protocol/chat_names.ts";
import { cleanLine, display, type DisplayText, joinTexts } from "../../protocol/text.ts";
import { describeEntry } from "../commands/ls.ts";
import { folderPath } from "../options/folder_path.ts";
import { nearNick } from "../../client/near_nick.ts";
import { withNearNick } from "../options/with_near_nick.ts";
import { describeRoom } from "../view/room_view.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import type { AnnouncedFile } from "../view/announced_files.ts";
import { describeMember, describeTopic, describeWhois } from "../view/chat_view.ts";
import { describeOmissions } from "../view/omission_text.ts";
import { shownPath } from "../view/shown_path.ts";
import { AwayNotes } from "./away_notes.ts";
import type { CommandContext } from "./command_context.ts";
import { COMMANDS } from "./commands.ts";
import type { TransferRequest } from "./transfer_request.ts";
import { parseNick, parseRoomName } from "./typed_names.ts";
import { parseName, unquote } from "./words.ts";

/** Carry out the commands with their arguments. */
type ChatHandlers = Readonly<
  Record<
    | ("list" | "whois" | "ignore" | "topic" | "away" | "back")
    | ("nick" | "join" | "part" | "who" | "rooms" | "history"),
    (argument: string) => Promise<void> | void
  >
>;

/** The commands of the interactive client that concern rooms, members and messages. */
export class ChatCommands {
  readonly #context: CommandContext;
  readonly #t: Locale["t"];
  readonly #awayNotes = new AwayNotes();

  constructor(context: CommandContext) {
    this.#context = context;
    this.#t = context.locale.t;
  }

  /** The commands by their names. */
  get handlers(): ChatHandlers {
    return {
      list: (path) => this.#list(path),
      whois: (nick) => this.#whois(nick),
      ignore: (nick) => this.#ignore(nick),
      topic: (text) => this.#topic(text),
      away: (text) => this.#setAway(text),
      back: () => this.#setAway(""),
      nick: (nick) => this.#setNick(nick),
      join: (room) => this.#join(room),
      part: (room) => this.#part(room),
      who: (room) => this.#showMembers(room),
      rooms: () => this.#showRooms(),
      history: (count) => this.#showHistory(count),
    };
  }

  /** Prints the entries of a folder of the server, and what the server leaves out. */
  async #list(text: string): Promise<void> {
    const { locale } = this.#context;
    const omitted: DisplayText[] = [];
    const onOmitted = (each: Omissions) => void omitted.push(...describeOmissions(each, locale));
    const path = folderPath(parseName(text));
    try {
      const entries = await Array.fromAsync(this.#context.chat.client.list(path, { onOmitted }));
      const shown = entries.map((entry) => describeEntry(entry, { long: true, locale }));
      this.#printLines([...shown, ...omitted], "noFiles");
    } catch (error) {
      this.#context.fail(error, shownPath(path));
    }
  }

  /** Prints the clients in a room, by default the one that is shown; without one, all. */
  async #showMembers(argument: string): Promise<void> {
    const { chat, screen } = this.#context;
    const room = argument === "" ? screen.room ?? undefined : parseRoomName(argument);
    const members = await chat.client.chat.members(room);
    const lines = members.map((member) => describeMember(member, this.#context.locale));
    this.#printLines(lines, "noClients");
  }

  /** Prints the rooms. */
  async #showRooms(): Promise<void> {
    const rooms = await this.#context.chat.client.chat.rooms();
    const lines = rooms.map((room) => describeRoom(room, this.#context.locale));
    this.#printLines(lines, "noRooms");
  }

  /** Prints past messages of the room. @param argument how many */
  async #showHistory(argument: string): Promise<void> {
    const { screen: { room }, locale } = this.#context;
    if (room === null) return this.#context.refuseWithoutRoom();
    if (!/^\d{0,5}$/.test(argument)) {
      const usage = locale.fill(COMMANDS.history.usage);
      return this.#context.refuse(EXIT.usage, this.#t("commandUsage", { usage }));
    }
    const count = argument === "" ? DEFAULT_HISTORY : Number(argument);
    const events = await lastEvents(this.#context.chat.client.chat, room, count);
    const lines = events.map((event) => this.#context.screen.describePast(event));
    this.#printLines(lines, "noHistory");
  }

  /** Prints what is known of a client. */
  async #whois(argument: string): Promise<void> {
    const nick = parseNick(argument);
    const folded = foldNick(nick);
    const members = await this.#context.chat.client.chat.members();
    const member = members.find((member) => foldNick(member.nick) === folded);
    if (member === undefined) {
      const nicks = members.map((each) => each.nick);
      return this.#context.refuse(EXIT.notFound, this.#describeMissing(nick, nicks));
    }
    this.#print(
      describeWhois(member, this.#context.screen.roster.roomsOf(member.nick), this.#context.locale),
    );
  }

  #describeMissing(nick: string, nicks: readonly string[]): DisplayText {
    const text = this.#t("noSuchNick", { nick: cleanLine(nick) });
    return withNearNick(text, nick, nicks, this.#context.locale);
  }

  /** Hides the messages of a nick, or shows them again; without a nick, lists those that are hidden. */
  #ignore(argument: string): void {
    const { ignored, roster } = this.#context.screen;
    const nick = cleanLine(parseNick(argument.trim().split(/\s/, 1)[0] ?? ""));
    if (nick !== "") {
      const isIgnored = ignored.toggle(nick);
      this.#print(this.#t(isIgnored ? "ignoring" : "notIgnoring", { nick }));
      const nicks = roster.nicks();
      const isMissed = isIgnored && nearNick(nick, nicks) !== null && !roster.has(nick);
      return isMissed ? this.#print(this.#describeMissing(nick, nicks)) : undefined;
    }
    const nicks = joinTexts(ignored.nicks().map(cleanLine), display`, `);
    this.#print(nicks === "" ? this.#t("noneIgnored") : this.#t("ignored", { nicks }));
  }

  /**
   * Prints the topic of the room, or sets it.
   *
   * @param argument may begin with `#` and another room; quotes alone remove the topic. What no room is
   * called, such as `#1 priority`, is a text
   * @throws {RequestError} `room-not-in` for a room that the client is not in
   */
  async #topic(argument: string): Promise<void> {
    const { chat, screen, locale } = this.#context;
    const [, mark = "", rest = ""] = /^(#\S+)\s*(.*)$/s.exec(argument) ?? [];
    const named = parseRoomName(mark);
    const isNamed = chat.rooms.includes(named);
    if (mark !== "" && !isNamed && (await chat.client.chat.rooms()).some((r) => r.room === named)) {
      throw notInRoom();
    }
    const room = isNamed ? named : screen.room;
    const text = isNamed ? rest : argument;
    if (room === null) return this.#context.refuseWithoutRoom();
    if (text !== "") return void await chat.client.chat.setTopic(room, unquote(text));
    this.#print(describeTopic(room, await chat.client.chat.topic(room), locale));
  }

  /** Says that the client is away; without a text, that it is back. */
  async #setAway(argument: string): Promise<void> {
    const text = unquote(argument) || null;
    await this.#context.chat.setAway(text);
    const isAway = text !== null;
    this.#print(isAway ? this.#t("youAreAway", { text: cleanLine(text) }) : this.#t("youAreBack"));
  }

  /** Prints that the recipient of a private message is away, once until that changes. */
  noteAway(target: MessageTarget, { away }: SentMessage): void {
    if (!("to" in target)) return;
    const isNews = this.#awayNotes.isNews(target.to, away ?? null);
    if (!isNews || away === undefined) return;
    this.#print(this.#t("isAway", { nick: cleanLine(target.to), text: cleanLine(away) }));
  }

  /** Takes another nick. */
  async #setNick(argument: string): Promise<void> {
    const nick = await this.#context.chat.setNick(parseNick(argument));
    this.#print(this.#t("nickIs", { nick: cleanLine(nick) }));
  }

  /** Enters a room, or shows one that the client is in. */
  async #join(argument: string): Promise<void> {
    const room = parseRoomName(argument);
    if (!this.#context.chat.rooms.includes(room)) await this.#context.chat.join(room);
    this.#context.screen.show(room);
    this.#print(this.#context.screen.describeRoom(room));
  }

  /** Leaves a room, or the one that is shown. */
  async #part(argument: string): Promise<void> {
    const room = parseRoomName(argument) || this.#context.screen.room;
    if (room === null) return this.#context.refuseWithoutRoom();
    if (!this.#context.chat.rooms.includes(room)) throw notInRoom();
    await this.#context.chat.part(room);
    this.#context.screen.forget(room);
    this.#print(this.#t("leftRoom", { room: cleanLine(room) }));
    if (room === this.#context.screen.room) {
      this.#context.screen.show(this.#context.chat.rooms.at(-1) ?? null);
    }
  }

  /** The announced file that a request names by its number in the room, or `null`. */
  async findAnnounced({ whole, isQuoted }: TransferRequest): Promise<AnnouncedFile | null> {
    const { room } = this.#context.screen;
    if (
      room === null || isQuoted || this.#context.chat.client.protocol === 1 ||
      !/^[1-9]\d{0,14}$/.test(whole)
    ) {
      return null;
    }
    const seq = Number(whole);
    const known = this.#context.screen.files.find(room, seq);
    if (known !== null) return known;
    const [event] = await this.#context.chat.client.chat.history(room, {
      before: seq + 1,
      limit: 1,
    });
    return event?.event === "file" && event.seq === seq ? event : null;
  }

  /** @param none the text for no lines */
  #printLines(
    lines: readonly DisplayText[],
    none: "noFiles" | "noClients" | "noRooms" | "noHistory",
  ): void {
    this.#print(lines.length > 0 ? joinTexts(lines, display`\n`) : this.#t(none));
  }

  #print(text: DisplayText): void {
    this.#context.print(text);
  }
}

function notInRoom(): RequestError {
  return new RequestError("denied", undefined, { reason: "room-not-in" });
}
