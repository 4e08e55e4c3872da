import { TextLineStream } from "@std/streams/text-line-stream";
import type { Interface } from "node:readline";
import { writeOut } from "./output.ts";

/** Lines that a person or a script types, and a place to print that does not disturb them. */
export interface LineInput {
  /** Whether a person types. */
  readonly isTerminal: boolean;
  /** The lines, until the end of input or `close`. */
  lines(): AsyncIterable<string>;
  /** Prints lines above whatever is being typed. */
  print(text: string): void;
  /** Shows a line of its own above the prompt, or takes it away. On a pipe: nothing. */
  status(text: string | null): void;
  /** What to show in front of what is typed. */
  setPrompt(prompt: string): void;
  /** Asks one question. `null` at the end of input. */
  ask(question: string): Promise<string | null>;
  /** Ends the input and restores the terminal. */
  close(): void;
}

/** How a terminal completes words, and what Ctrl-C does. */
export interface LineInputOptions {
  /** All words that could stand in the place of the last one. */
  readonly complete?: (line: string) => string[];
  readonly onInterrupt?: () => void;
}

/** Standard input as lines: an editor on a terminal, plain lines on a pipe. */
export async function openLineInput(options: LineInputOptions = {}): Promise<LineInput> {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  if (!isTerminal) return new PipeInput(Deno.stdin.readable);
  // Loaded only where a person types: it takes a tenth of the start-up time
  const [readline, { default: process }, { default: stringWidth }] = await Promise.all([
    import("node:readline"),
    import("node:process"),
    import("string-width"),
  ]);
  const editor = readline.createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: true,
    completer: (line: string) => [options.complete?.(line) ?? [], line],
  });
  return new TerminalInput(editor, stringWidth, options.onInterrupt);
}

/** Lines from a pipe or a file. */
export class PipeInput implements LineInput {
  readonly isTerminal = false;
  readonly #reader: ReadableStreamDefaultReader<string>;

  /** Takes the stream over. */
  constructor(source: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = source
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  /** @inheritdoc */
  async *lines(): AsyncIterable<string> {
    for (let line = await this.ask(); line !== null; line = await this.ask()) yield line;
  }

  /** @inheritdoc */
  print(text: string): void {
    writeOut(`${text}\n`);
  }

  /** @inheritdoc */
  status(): void {}

  /** @inheritdoc */
  setPrompt(): void {}

  /** @inheritdoc */
  async ask(): Promise<string | null> {
    const { value, done } = await this.#reader.read();
    return done ? null : value;
  }

  /** @inheritdoc */
  close(): void {
    this.#reader.cancel().catch(() => {}); // Nobody reads it any more
  }
}

/** Lines from a person at a terminal. */
export class TerminalInput implements LineInput {
  readonly isTerminal = true;
  readonly #editor: Interface;
  readonly #width: (text: string) => number;
  readonly #queue: string[] = [];
  #waiting: PromiseWithResolvers<string | null> | null = null;
  #ended = false;
  #status: string | null = null;
  #prompting = false;

  /** Takes the editor over. */
  constructor(editor: Interface, width: (text: string) => number, onInterrupt?: () => void) {
    this.#editor = editor;
    this.#width = width;
    editor.on("line", (line: string) => this.#onLine(line));
    editor.on("close", () => this.#onEnd());
    editor.on("SIGINT", () => onInterrupt ? onInterrupt() : editor.close());
  }

  /** @inheritdoc */
  async *lines(): AsyncIterable<string> {
    for (;;) {
      this.#showPrompt();
      const line = await this.#next();
      if (line === null) return;
      yield line;
    }
  }

  /** @inheritdoc */
  print(text: string): void {
    this.#redraw(() => writeOut(`${text}\n`));
  }

  /** @inheritdoc */
  status(text: string | null): void {
    this.#redraw(() => this.#status = text);
  }

  /** @inheritdoc */
  setPrompt(prompt: string): void {
    this.#editor.setPrompt(prompt);
  }

  /** @inheritdoc */
  async ask(question: string): Promise<string | null> {
    this.#editor.setPrompt(question);
    this.#showPrompt();
    return await this.#next();
  }

  /** @inheritdoc */
  close(): void {
    this.#redraw(() => this.#status = null, false);
    this.#editor.close();
  }

  #onLine(line: string): void {
    this.#prompting = false;
    this.#liftLine(line);
    if (this.#waiting === null) this.#queue.push(line);
    else this.#waiting.resolve(line);
    this.#waiting = null;
  }

  #onEnd(): void {
    this.#ended = true;
    this.#prompting = false;
    this.#waiting?.resolve(null);
    this.#waiting = null;
  }

  /** The line just entered stands below the status: it belongs above. */
  #liftLine(line: string): void {
    if (this.#status === null) return;
    const text = this.#editor.getPrompt() + line;
    const rows = Math.floor(this.#width(text) / Deno.consoleSize().columns) + 1;
    writeOut(`\x1b[${rows + 1}A\r\x1b[J${text}\n${this.#fit(this.#status)}\n`);
  }

  #next(): Promise<string | null> {
    const line = this.#queue.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) return Promise.resolve(null);
    this.#waiting = Promise.withResolvers<string | null>();
    return this.#waiting.promise;
  }

  #showPrompt(): void {
    if (this.#ended) return;
    this.#prompting = true;
    this.#editor.prompt(true);
  }

  /** Takes the status and the typed line away, lets `change` print, and draws them again. */
  #redraw(change: () => void, again = true): void {
    const rows = this.#prompting ? this.#editor.getCursorPos().rows : 0;
    const up = rows + (this.#status === null ? 0 : 1);
    writeOut(`\r${up > 0 ? `\x1b[${up}A` : ""}\x1b[J`);
    change();
    if (this.#status !== null) writeOut(`${this.#fit(this.#status)}\n`);
    // The rows of a long line are gone: without this the editor would go up by them and erase
    Object.assign(this.#editor, { prevRows: 0 });
    if (this.#prompting && again) this.#editor.prompt(true);
  }

  /** Cuts a line to the width of the terminal, so that it takes one row. */
  #fit(text: string): string {
    const { columns } = Deno.consoleSize();
    let line = text;
    while (line !== "" && this.#width(line) >= columns) line = [...line].slice(0, -1).join("");
    return line;
  }
}
