import { type MessageTarget } from "../../client/chat.ts";
import { LOBBY, SERVER_NAME } from "../../protocol/chat_names.ts";
import type { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import { DEFAULT_HISTORY } from "../../client/reconnecting_chat_options.ts";
import { lastEvents } from "../../client/sync_room.ts";
import { ConnectionError, RequestError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { cleanLine, display, type DisplayText, splitText } from "../../protocol/text.ts";
import { describeEntry, folderPath } from "../commands/ls.ts";
import { describeUnknownCommand } from "../options/unknown_command.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { describeMember } from "../view/chat_view.ts";
import type { ChatScreen } from "./chat_screen.ts";
import {
  commandHelp,
  type CommandName,
  COMMANDS,
  commandWords,
  findCommand,
  isOriginal,
  needsArgument,
} from "./commands.ts";
import { completer } from "./completion.ts";
import type { InteractiveOptions } from "./interactive_options.ts";
import { InteractiveTransfers } from "./interactive_transfers.ts";
import { localPathsLike, RemotePaths } from "./path_completion.ts";

const PROTOCOL1_ONLY = { reason: "protocol-1" } as const;

/** The outcome of a line: go on, or leave. */
type Outcome = "go on" | "leave";

/** Carries out a command with its argument. */
type Handler = (argument: string) => Promise<void> | void;

/** The commands of the interactive client, carried out line by line. */
export class InteractiveSession {
  readonly #chat: ReconnectingChat;
  readonly #screen: ChatScreen;
  readonly #options: InteractiveOptions;
  readonly #t: Locale["t"];
  readonly #transfers: InteractiveTransfers;
  readonly #handlers: Readonly<Record<Exclude<CommandName, "quit">, Handler>>;
  /** Commands that are running, but for transfers. */
  readonly #running = new Set<Promise<void>>();
  readonly #lost = Promise.withResolvers<never>();
  #talking: boolean;
  #exitCode: number = EXIT.done;

  /** Uses chat and screen, owns neither. */
  constructor(chat: ReconnectingChat, screen: ChatScreen, options: InteractiveOptions) {
    this.#lost.promise.catch(() => {}); // The reader of `lost` handles it
    this.#chat = chat;
    this.#screen = screen;
    this.#options = options;
    this.#t = options.locale.t;
    this.#talking = options.talk;
    const onError = (error: unknown, path: string) => this.#printFailure(error, path);
    this.#transfers = new InteractiveTransfers(chat, { ...options, onError });
    this.#handlers = {
      chat: (text) => this.#say(text),
      talk: () => this.#toggleTalk(),
      file: (path) => this.#get(path),
      list: (path) => this.#list(path),
      put: (path) => this.#transfers.put(path, this.#screen.room),
      nick: (nick) => this.#takeNick(nick),
      join: (room) => this.#join(room),
      part: (room) => this.#part(room),
      message: (text) => this.#sayPrivately(text),
      who: () => this.#showMembers(),
      rooms: () => this.#showRooms(),
      history: (count) => this.#showHistory(count),
      help: () => this.#print(commandHelp(options.locale, this.#isOriginal)),
    };
    const remote = new RemotePaths(() => chat.client);
    options.input.setCompleter(completer({
      nicks: () => screen.roster.nicks(),
      rooms: async () => (await chat.client.chat.rooms()).map(({ room }) => room),
      remotePaths: (typed) => remote.like(typed),
      localPaths: localPathsLike,
      isTalking: () => this.#talking,
    }));
  }

  /** The exit code of the first command that failed. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Rejects when a script loses its connection before a command has finished. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  /** Carries out lines until `quit` or the end of input, then waits for the running commands. */
  async run(): Promise<void> {
    const { input } = this.#options;
    this.showPrompt();
    for await (const lines of input.entries()) {
      if (await this.#onEntry(lines) === "leave") break;
      this.showPrompt();
    }
    if (this.#transfers.isBusy && input.isTerminal) input.print(this.#t("transferUnderWay"));
    await Promise.all([this.#transfers.finished(), ...this.#running]);
  }

  /** Shows the room, and the unread messages of others. */
  showPrompt(): void {
    this.#options.input.setPrompt(this.#prompt());
  }

  get #isOriginal(): boolean {
    return this.#chat.client.protocol === 1;
  }

  get #isAdmin(): boolean {
    return this.#chat.client.account?.role === "admin";
  }

  #prompt(): DisplayText {
    const end = this.#talking ? display`chat> ` : display`> `;
    if (this.#isOriginal) return end;
    const unread = this.#screen.unread().map(({ room, count }) => ` ${room}:${count}`).join("");
    const place = this.#chat.client.isClosed ? "-" : this.#screen.room ?? "";
    return display`[${cleanLine(place + unread)}] ${end}`;
  }

  /** Asks before it carries out several lines that were pasted. */
  async #onEntry(lines: readonly string[]): Promise<Outcome> {
    const [first = ""] = lines;
    if (lines.length === 1) return this.#carryOut(first);
    const key = this.#talking ? "pasted" : "pastedCommands";
    const answer = await this.#options.input.ask(this.#t(key, { count: lines.length }));
    if (!/^[ysj]/i.test(answer?.trim() ?? "")) {
      this.#print(this.#t("notSent"));
      return "go on";
    }
    if (this.#talking) this.#track(this.#sayAll(lines.join("\n")));
    else if (lines.some((line) => this.#carryOut(line) === "leave")) return "leave";
    return "go on";
  }

  /** Carries out one line. */
  #carryOut(line: string): Outcome {
    const text = line.trim();
    if (text === "") return "go on";
    const [, slash, word = "", argument = ""] = /^(\/?)(\S*)\s*(.*)$/s.exec(text) ?? [];
    const command = findCommand(word);
    const isCommand = !this.#talking || slash === "/" || (command === "talk" && argument === "");
    if (!isCommand) this.#track(this.#say(text));
    else if (command === "quit") return "leave";
    else if (command === null && slash === "/" && this.#isAdmin) {
      this.#track(this.#sendToConsole(text));
    } else if (command === null) this.#unknown(word);
    else if (this.#isOriginal && !isOriginal(command)) {
      this.#printFailure(new RequestError("unsupported", undefined, PROTOCOL1_ONLY));
    } else if (argument === "" && needsArgument(command)) this.#usage(command);
    else this.#track(this.#handlers[command](argument));
    return "go on";
  }

  /** Prints the failure of a command. */
  #track(work: Promise<void> | void): void {
    if (work === undefined) return;
    const tracked = work.catch((error) => this.#printFailure(error)).finally(() => {
      this.#running.delete(tracked);
      this.showPrompt();
    });
    this.#running.add(tracked);
  }

  async #say(text: string): Promise<void> {
    const room = this.#isOriginal ? LOBBY : this.#screen.room;
    if (room === null) return this.#print(this.#t("notInRoom"));
    await this.#send(text, { room });
  }

  /** Sends a command of the server's console, whose answer comes as notices. */
  async #sendToConsole(line: string): Promise<void> {
    await this.#chat.say(line, { to: SERVER_NAME });
  }

  /** Sends a text of any length, in pieces. */
  async #sayAll(text: string): Promise<void> {
    for (const piece of splitText(text, LIMITS.messageBytes)) await this.#say(piece);
  }

  async #sayPrivately(argument: string): Promise<void> {
    const [, to = "", text = ""] = /^(\S+)\s*(.*)$/s.exec(argument) ?? [];
    if (text === "") return this.#usage("message");
    await this.#send(text, { to });
  }

  /** Sends a message, whose typed line gives way to the one that the server sends to all. */
  async #send(text: string, target: MessageTarget): Promise<void> {
    if (!this.#isOriginal) this.#options.input.eraseEntered();
    await this.#chat.say(text, target);
  }

  #toggleTalk(): void {
    this.#talking = !this.#talking;
    const word = this.#options.locale.fill(COMMANDS.talk.usage);
    this.#print(this.#t(this.#talking ? "talking" : "notTalking", { word }));
  }

  #get(argument: string): void {
    const number = /^\d+$/.test(argument) ? Number(argument) : null;
    if (number === null || this.#isOriginal) return this.#transfers.get(argument);
    const path = this.#screen.files.find(number);
    if (path !== null) return this.#transfers.get(path);
    this.#recordExitCode(EXIT.notFound);
    this.#print(this.#t("noSuchFile", { number }));
  }

  async #list(text: string): Promise<void> {
    const { locale } = this.#options;
    const entries = await Array.fromAsync(this.#chat.client.list(folderPath(text)));
    const lines = entries.map((entry) => describeEntry(entry, { long: true, locale }));
    this.#print(lines.length > 0 ? lines.join("\n") : this.#t("noFiles"));
  }

  async #takeNick(nick: string): Promise<void> {
    this.#print(this.#t("nickIs", { nick: cleanLine(await this.#chat.setNick(nick)) }));
  }

  async #join(argument: string): Promise<void> {
    const room = argument.replace(/^#/, "").toLowerCase();
    if (!this.#chat.rooms.includes(room)) await this.#chat.join(room);
    this.#screen.show(room);
    const members = this.#screen.roster.nicksIn(room).map(cleanLine).join(", ");
    this.#print(this.#t("nowIn", { room: cleanLine(room), members }));
  }

  async #part(argument: string): Promise<void> {
    const room = argument.replace(/^#/, "").toLowerCase() || this.#screen.room;
    if (room === null) return this.#print(this.#t("notInRoom"));
    await this.#chat.part(room);
    this.#screen.forget(room);
    this.#print(this.#t("leftRoom", { room: cleanLine(room) }));
    if (room === this.#screen.room) this.#screen.show(this.#chat.rooms.at(-1) ?? null);
  }

  async #showMembers(): Promise<void> {
    const members = await this.#chat.client.chat.members(this.#screen.room ?? undefined);
    const lines = members.map((member) => describeMember(member, this.#options.locale));
    this.#print(lines.length > 0 ? lines.join("\n") : this.#t("noClients"));
  }

  async #showRooms(): Promise<void> {
    const rooms = await this.#chat.client.chat.rooms();
    const lines = rooms.map(({ room, members, seq }) =>
      this.#t("roomLine", { room: cleanLine(room), members, seq })
    );
    this.#print(lines.length > 0 ? lines.join("\n") : this.#t("noRooms"));
  }

  async #showHistory(argument: string): Promise<void> {
    const { room } = this.#screen;
    if (room === null) return this.#print(this.#t("notInRoom"));
    const count = /^\d{1,5}$/.test(argument) ? Number(argument) : DEFAULT_HISTORY;
    const events = await lastEvents(this.#chat.client.chat, room, count);
    const lines = events.map((event) => this.#screen.describePast(event));
    this.#print(lines.length > 0 ? lines.join("\n") : this.#t("noHistory"));
  }

  #usage(name: CommandName): void {
    this.#recordExitCode(EXIT.usage);
    const usage = this.#options.locale.fill(COMMANDS[name].usage);
    this.#print(this.#t("commandUsage", { usage }));
  }

  #unknown(word: string): void {
    this.#recordExitCode(EXIT.usage);
    const words = commandWords(this.#isOriginal);
    this.#print(describeUnknownCommand(word, words, this.#t("seeHelp"), this.#options.locale));
  }

  #printFailure(error: unknown, path?: string): void {
    const isLost = error instanceof ConnectionError && this.#chat.client.isClosed;
    if (isLost && !this.#options.input.isTerminal) return this.#lost.reject(error);
    const { message, exitCode } = this.#options.locale.failure(error);
    this.#recordExitCode(exitCode);
    this.#print(path === undefined ? message : `${cleanLine(path)}: ${message}`);
  }

  #recordExitCode(exitCode: number): void {
    if (this.#exitCode === EXIT.done) this.#exitCode = exitCode;
  }

  #print(text: string): void {
    this.#options.input.print(text);
  }
}
