import { type Client, connect, type ConnectOptions } from "../client/client.ts";
import type { Language } from "../protocol/errors.ts";
import { checkPath, lastComponent } from "../protocol/path.ts";
import { cleanLine } from "../protocol/text.ts";
import { formatEndpoint } from "../stream/tcp.ts";
import { commandHelp, COMMANDS, commandWords, findCommand } from "./commands.ts";
import { describeError, EXIT } from "./failure.ts";
import type { LineInput } from "./line_input.ts";
import { formatMessage, writeError } from "./output.ts";
import { renderProgress, SpeedMeter } from "./progress.ts";
import { describeResult } from "./reporter.ts";
import { type Translate, translator } from "./texts.ts";
import { describeUnknownCommand } from "./unknown_command.ts";

const STATUS_INTERVAL_MS = 100;

/** How the interactive client is set up. */
export interface InteractiveOptions {
  readonly connection: ConnectOptions;
  readonly directory: string;
  readonly replace: boolean;
  /** Start with every line as chat. */
  readonly talk: boolean;
  readonly language: Language;
  readonly input: LineInput;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Talks with a person, or with a script line by line, until one of them has enough.
 *
 * @returns the exit code; for a script that of the first command that failed
 */
export async function interact(options: InteractiveOptions): Promise<number> {
  const { connection, signal, input, language } = options;
  const client = await connect({
    ...connection,
    onChat: (line) => input.print(formatMessage(line)),
  });
  const t = translator(language);
  if (input.isTerminal) input.print(t("connectedTo", { address: formatEndpoint(connection) }));
  const session = new InteractiveSession(client, options, t);
  const lost = client.closed.then((reason) => {
    input.close();
    return reason;
  });
  signal.addEventListener("abort", () => client.close(), { once: true });
  const leaving = session.run();
  const reason = await Promise.race([lost, leaving.then(() => client.quit())]);
  input.close();
  signal.throwIfAborted();
  if (reason !== null) throw reason;
  if (input.isTerminal) writeError(`${t("left")}\n`);
  return input.isTerminal ? EXIT.done : session.exitCode;
}

/** The commands of one connection. */
class InteractiveSession {
  readonly #client: Client;
  readonly #options: InteractiveOptions;
  readonly #t: Translate;
  readonly #downloads = new Set<Promise<void>>();
  #talking: boolean;
  #exitCode: number = EXIT.done;

  constructor(client: Client, options: InteractiveOptions, t: Translate) {
    this.#client = client;
    this.#options = options;
    this.#t = t;
    this.#talking = options.talk;
  }

  /** That of the first command that failed. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Carries lines out until `quit` or the end of input, and waits for the transfers. */
  async run(): Promise<void> {
    const { input } = this.#options;
    this.#showPrompt();
    for await (const line of input.lines()) {
      if (!this.#carryOut(line)) break;
      this.#showPrompt();
    }
    if (this.#downloads.size > 0 && input.isTerminal) input.print(this.#t("transferUnderWay"));
    await Promise.all(this.#downloads);
  }

  /** Carries out one line; `false` when it says to leave. */
  #carryOut(line: string): boolean {
    const text = line.trim();
    if (text === "") return true;
    const [, slash, word = "", argument = ""] = /^(\/?)(\S*)\s*(.*)$/s.exec(text) ?? [];
    const command = findCommand(word);
    const isCommand = !this.#talking || slash === "/" ||
      (command === "talk" && argument === "");
    if (!isCommand) return this.#say(text);
    switch (command) {
      case "chat":
        return argument === "" ? this.#usage("chat") : this.#say(argument);
      case "file":
        return argument === "" ? this.#usage("file") : this.#download(argument);
      case "talk":
        return this.#toggleTalk();
      case "help":
        return this.#print(commandHelp(this.#options.language));
      case "quit":
        return false;
      case null:
        return this.#unknown(word);
    }
  }

  #say(text: string): boolean {
    try {
      this.#client.sendChat(text);
    } catch (error) {
      this.#fail(error);
    }
    return true;
  }

  #toggleTalk(): boolean {
    this.#talking = !this.#talking;
    const word = COMMANDS.talk.words[this.#options.language === "en" ? 0 : 1];
    return this.#print(this.#t(this.#talking ? "talking" : "notTalking", { word }));
  }

  #download(path: string): boolean {
    const work = this.#receive(path).catch((error) => this.#fail(error, path))
      .finally(() => this.#downloads.delete(work));
    this.#downloads.add(work);
    return true;
  }

  async #receive(path: string): Promise<void> {
    const { input, directory, replace, language, signal } = this.#options;
    const name = lastComponent(checkPath(path));
    if (input.isTerminal) input.print(this.#t("receiving", { path: cleanLine(path) }));
    const meter = new SpeedMeter();
    let shownMs = 0;
    const onProgress = (bytes: number, totalBytes: number) => {
      const nowMs = performance.now();
      if (nowMs - shownMs < STATUS_INTERVAL_MS) return;
      shownMs = nowMs;
      const bytesPerSecond = meter.update(bytes, nowMs);
      input.status(renderProgress({ name, bytes, totalBytes, bytesPerSecond }, language));
    };
    const options = { directory, name, replace, signal, onProgress };
    const result = await this.#client.download(path, options).finally(() => input.status(null));
    this.#print(describeResult(result, language));
  }

  #usage(name: "chat" | "file"): boolean {
    this.#failed(EXIT.usage);
    const usage = COMMANDS[name].usage[this.#options.language];
    return this.#print(this.#t("commandUsage", { usage }));
  }

  #unknown(word: string): boolean {
    this.#failed(EXIT.usage);
    const otherwise = this.#t("seeHelp");
    return this.#print(describeUnknownCommand(word, commandWords(), otherwise, this.#t));
  }

  #fail(error: unknown, path?: string): void {
    // The end of the connection is told by itself, once
    if (this.#client.isClosed) return;
    const { message, exitCode } = describeError(error, this.#options.language);
    this.#failed(exitCode);
    this.#print(path === undefined ? message : `${cleanLine(path)}: ${message}`);
  }

  #failed(exitCode: number): void {
    if (this.#exitCode === EXIT.done) this.#exitCode = exitCode;
  }

  #print(text: string): true {
    this.#options.input.print(text);
    return true;
  }

  #showPrompt(): void {
    this.#options.input.setPrompt(this.#talking ? "chat> " : "> ");
  }
}
