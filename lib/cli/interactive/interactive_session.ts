import { LOBBY } from "../../protocol/chat_names.ts";
import type { ChatUpdate } from "../../client/chat_update.ts";
import type { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import { ConnectionError, RequestError } from "../../protocol/errors.ts";
import { asksForHelp } from "../../client/asks_for_help.ts";
import { display, type DisplayText } from "../../protocol/text.ts";
import { EXIT, type Failure, failureOf } from "../texts/failure.ts";
import { isYes } from "../texts/is_yes.ts";
import type { Locale } from "../texts/locale.ts";
import { ACTION_PREFIX } from "../view/chat_view.ts";
import { terminalColumns } from "../view/terminal_columns.ts";
import { ChangeCommands } from "./change_commands.ts";
import { ChatCommands } from "./chat_commands.ts";
import { chatCompleter } from "./chat_completer.ts";
import type { ChatScreen } from "./chat_screen.ts";
import type { CommandContext } from "./command_context.ts";
import { commandHelp, unknownCommand } from "./command_help.ts";
import { type CommandName, COMMANDS, findCommand, isOriginal, needsArgument } from "./commands.ts";
import type { InteractiveOptions } from "./interactive_options.ts";
import { CONSOLE, isForConsole } from "./is_for_console.ts";
import { LinkCommands } from "./link_commands.ts";
import { InteractiveTransfers } from "./interactive_transfers.ts";
import { OwnMessages } from "./own_messages.ts";
import { TransferCommands } from "./transfer_commands.ts";

/** The outcome of a line: go on, or leave. */
type Outcome = "go on" | "leave";

/** Carry out a command with its argument. */
type Handlers = Readonly<
  Record<Exclude<CommandName, "quit">, (argument: string) => Promise<void> | void>
>;

/** The commands of the interactive client, carried out line by line. */
export class InteractiveSession {
  /** The messages that are typed. */
  readonly messages: OwnMessages;
  readonly #chat: ReconnectingChat;
  readonly #screen: ChatScreen;
  readonly #options: InteractiveOptions;
  readonly #t: Locale["t"];
  readonly #transfers: InteractiveTransfers;
  readonly #commands: ChatCommands;
  readonly #handlers: Handlers;
  /** Commands that are running, but for transfers. */
  readonly #running = new Set<Promise<void>>();
  readonly #lost = Promise.withResolvers<never>();
  /** Resolves when the connection is lost; replaced when there is another one. */
  #offline = Promise.withResolvers<void>();
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
    const onError = (error: unknown, path: string) => this.#failOf(error, path);
    this.#transfers = new InteractiveTransfers(chat, { ...options, onError });
    const context: CommandContext = {
      ...options,
      chat,
      screen,
      print: (text) => this.#print(text),
      refuse: (exitCode, text) => this.#refuse(exitCode, text),
      refuseWithoutRoom: () => this.#refuseWithoutRoom(),
      fail: onError,
      usage: (command) => this.#usage(command),
    };
    this.#commands = new ChatCommands(context);
    this.messages = new OwnMessages({
      ...context,
      room: () => this.#isOriginal ? LOBBY : screen.room,
      nicks: () => screen.roster.nicks(),
      onSent: (target, sent) => this.#commands.noteAway(target, sent),
      fail: (error, describe) => this.#printFailure(error, ({ message }) => describe(message)),
    });
    this.#handlers = this.#makeHandlers(context);
    options.input.setCompleter(chatCompleter(chat, screen, () => this.#talking));
  }

  #makeHandlers(context: CommandContext): Handlers {
    return {
      chat: (text) => this.messages.say(text),
      talk: () => this.#toggleTalk(),
      me: (text) => this.messages.say(`${ACTION_PREFIX}${text}`),
      clear: () => this.#options.input.clear(),
      message: (argument) => this.messages.sayPrivately(argument, () => this.#usage("message")),
      resend: () => this.messages.resend(),
      help: (argument) => this.#help(argument),
      ...this.#commands.handlers,
      ...new TransferCommands({
        ...context,
        transfers: this.#transfers,
        announced: this.#commands,
        room: () => this.#isOriginal ? null : this.#screen.room,
      }).handlers,
      ...new LinkCommands(context).handlers,
      ...new ChangeCommands(context).handlers,
    };
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
    input.setCancel(() => this.#transfers.cancel(""));
    this.showPrompt();
    for await (const lines of input.entries()) {
      if (await this.#onEntry(lines) === "leave") break;
      if (!input.isTerminal) await this.#settled(); // The next line may need the room of a join
      this.showPrompt();
    }
    if (this.#transfers.isBusy && input.isTerminal) input.print(this.#t("transferUnderWay"));
    await Promise.all([this.#transfers.finished(), this.#settled()]);
  }

  /** Takes an update of the chat, once the screen has shown it. */
  onUpdate(update: ChatUpdate): void {
    if (update.kind === "offline") this.#offline.resolve();
    if (update.kind === "online") this.#offline = Promise.withResolvers<void>();
    if (update.kind === "unsent") this.messages.addUnsent(update);
    this.showPrompt();
  }

  /** Shows the room, and the unread messages of others. */
  showPrompt(): void {
    const { input } = this.#options;
    const end = this.#talking ? display`chat> ` : display`> `;
    const isOnline = !this.#chat.client.isClosed;
    input.setPrompt(this.#isOriginal ? end : this.#screen.describePlace(isOnline, end));
  }

  get #isOriginal(): boolean {
    return this.#chat.client.protocol === 1;
  }

  get #isAdmin(): boolean {
    return this.#chat.client.account?.role === "admin";
  }

  /** Asks before it carries out several lines that were pasted. */
  async #onEntry(lines: readonly string[]): Promise<Outcome> {
    const [first = ""] = lines;
    if (lines.length === 1) return this.#carryOut(first);
    const key = this.#talking ? "pasted" : "pastedCommands";
    const answer = await this.#options.input.ask(this.#t(key, { count: lines.length }));
    if (!isYes(answer)) {
      this.#print(this.#t("notSent"));
      return "go on";
    }
    if (!this.#talking) return await this.#carryOutAll(lines);
    this.#track(this.messages.sayAll(lines.join("\n")));
    return "go on";
  }

  async #carryOutAll(lines: readonly string[]): Promise<Outcome> {
    for (const line of lines) {
      if (this.#carryOut(line) === "leave") return "leave";
      await this.#settled();
    }
    return "go on";
  }

  /**
   * Resolves when the commands, but for transfers, have finished; for a person also when there is no
   * connection, since what waits for one may wait for long.
   */
  async #settled(): Promise<void> {
    const offline = this.#options.input.isTerminal ? [this.#offline.promise] : [];
    await Promise.race([Promise.all(this.#running), ...offline]);
  }

  /** Carries out one line. */
  #carryOut(line: string): Outcome {
    const text = line.trim();
    if (text === "") return "go on";
    const [, slash, word = "", argument = ""] = /^(\/?)(\S*)\s*(.*)$/s.exec(text) ?? [];
    const command = findCommand(word);
    const isCommand = !this.#talking || slash === "/" || (command === "talk" && argument === "");
    if (!isCommand) this.#track(this.messages.say(text));
    else if (command !== null && asksForHelp(argument)) this.#track(this.#help(word));
    else if (command === "quit" && (argument === "" || this.#isOriginal)) return "leave";
    else if (command === "quit") this.#refuse(EXIT.usage, this.#t("quitAlone"));
    else if (this.#isAdmin && isForConsole(text, this.#chat.rooms)) {
      this.#track(this.#chat.client.chat.say(text, CONSOLE));
    } else if (command === null) this.#unknown(word);
    else if (this.#isOriginal && !isOriginal(command)) {
      this.#printFailure(new RequestError("unsupported", undefined, { reason: "protocol-1" }));
    } else if (argument === "" && needsArgument(command)) this.#usage(command);
    else this.#track(this.#handlers[command](argument));
    return "go on";
  }

  /** Prints the failure of a command. */
  #track(work: Promise<unknown> | void): void {
    if (work === undefined) return;
    const tracked = work.then(() => {}, (error) => this.#printFailure(error)).finally(() => {
      this.#running.delete(tracked);
      this.showPrompt();
    });
    this.#running.add(tracked);
  }

  #refuse(exitCode: number, text: DisplayText): void {
    this.#recordExitCode(exitCode);
    this.#print(text);
  }

  #refuseWithoutRoom(): void {
    const hasChat = this.#isOriginal || this.#chat.client.features.includes("chat");
    this.#refuse(EXIT.notFound, this.#t(hasChat ? "notInRoom" : "noChat"));
  }

  #toggleTalk(): void {
    this.#talking = !this.#talking;
    const word = this.#options.locale.fill(COMMANDS.talk.usage);
    this.#print(this.#t(this.#talking ? "talking" : "notTalking", { word }));
  }

  /** Shows the command of a word. Lists all without one, and to an admin for a word that the console may have. */
  async #help(argument: string): Promise<void> {
    const word = argument.replace(/^\//, "");
    const only = findCommand(word);
    if (word !== "" && only === null && !this.#isAdmin) return this.#unknown(word);
    const columns = this.#options.input.isTerminal ? terminalColumns() : Infinity;
    const options = { only, onlyOriginal: this.#isOriginal, columns };
    this.#print(commandHelp(this.#options.locale, options));
    if (this.#isAdmin && only === null) await this.#chat.client.chat.say("/help", CONSOLE);
  }

  #usage(name: CommandName): void {
    const usage = this.#options.locale.fill(COMMANDS[name].usage);
    this.#refuse(EXIT.usage, this.#t("commandUsage", { usage }));
  }

  #unknown(word: string): void {
    this.#recordExitCode(EXIT.usage);
    this.#print(unknownCommand(word, this.#isOriginal, this.#options.locale));
    if (this.#options.input.isTerminal) this.#print(this.#t("chatHint"));
  }

  #printFailure(error: unknown, describe = ({ message }: Failure) => message): void {
    const isLost = error instanceof ConnectionError && this.#chat.client.isClosed;
    if (isLost && !this.#options.input.isTerminal) return this.#lost.reject(error);
    const failure = this.#options.locale.failure(error);
    this.#recordExitCode(failure.exitCode);
    this.#print(describe(failure));
  }

  /** Prints the failure of what a path was asked for. */
  #failOf(error: unknown, path: string): void {
    this.#printFailure(error, (failure) => failureOf(path, failure).message);
  }

  #recordExitCode(exitCode: number): void {
    if (this.#exitCode === EXIT.done) this.#exitCode = exitCode;
  }

  #print(text: DisplayText): void {
    this.#options.input.print(text);
  }
}
