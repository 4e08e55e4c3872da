import type { Interface } from "node:readline";
import { writeOut } from "../view/output.ts";
import { terminalColumns } from "../view/terminal_columns.ts";
import type { Completer, LineInput, LineInputOptions } from "./line_input.ts";
import { readSecretKeys } from "./read_secret_keys.ts";

const BELL = "\x07";

/** The options of a terminal, and the parts of the system that it needs. */
export interface TerminalInputOptions extends LineInputOptions {
  /** The number of cells that a text takes. */
  readonly width: (text: string) => number;
  /** Breaks lines that are longer than `columns` cells between words. */
  readonly wrap: (text: string, columns: number) => string;
  /** Tells when the size of the window changes. */
  readonly screen: {
    on(event: "resize", listener: () => void): void;
    off(event: "resize", listener: () => void): void;
  };
}

/** Lines from a person at a terminal. */
export class TerminalInput implements LineInput {
  readonly isTerminal = true;
  readonly #editor: Interface;
  readonly #options: TerminalInputOptions;
  readonly #write: (text: string) => void;
  readonly #queue: string[][] = [];
  /** The readers of the next line. The last one comes first: a question, asked while the next entry is awaited. */
  readonly #waiting: Array<(lines: readonly string[] | null) => void> = [];
  #complete: Completer = () => Promise.resolve([[], ""]);
  #cancel: (() => boolean) | null = null;
  #ended = false;
  #status: string | null = null;
  #prompting = false;
  #asking = false;
  /** Stands before lines that answer no question. */
  #prompt: string;
  /** Lines that came together: a paste, if there are several. */
  #burst: string[] = [];
  /** Rows that the line entered last takes, prompt and all. */
  #enteredRows = 0;
  readonly #onResize = () => this.#redraw(() => {});

  /** Takes the editor over. */
  constructor(editor: Interface, options: TerminalInputOptions) {
    this.#editor = editor;
    this.#options = options;
    this.#write = options.write ?? writeOut;
    this.#prompt = editor.getPrompt();
    editor.on("line", (line: string) => this.#onLine(line));
    editor.on("close", () => this.#onEnd());
    editor.on("SIGINT", () => this.#onInterrupt());
    editor.on("history", (lines: string[]) => this.#onHistory(lines));
    options.screen.on("resize", this.#onResize);
  }

  async *entries(): AsyncIterable<readonly string[]> {
    for (;;) {
      this.#showPrompt();
      const lines = await this.#next();
      if (lines === null) return;
      yield lines;
    }
  }

  print(text: string): void {
    const columns = terminalColumns();
    this.#redraw(() => this.#write(`${this.#options.wrap(text, columns)}\n`));
  }

  status(text: string | null): void {
    if (text !== this.#status) this.#redraw(() => this.#status = text);
  }

  setCompleter(complete: Completer): void {
    this.#complete = complete;
  }

  setCancel(cancel: () => boolean): void {
    this.#cancel = cancel;
  }

  clear(): void {
    this.#write("\x1b[H\x1b[2J\x1b[3J");
    this.#redraw(() => {});
  }

  /** Completes a line. Never rejects: without a connection it offers nothing. */
  async complete(line: string): Promise<[words: string[], last: string]> {
    try {
      const [words, last] = await this.#complete(line);
      return [words, last];
    } catch {
      return [[], line];
    }
  }

  setPrompt(prompt: string): void {
    this.#prompt = prompt;
    if (this.#asking || prompt === this.#editor.getPrompt()) return;
    this.#editor.setPrompt(prompt);
    if (this.#prompting) this.#redraw(() => {});
  }

  eraseEntered(): void {
    if (this.#enteredRows === 0 || this.#prompting) return;
    const rows = this.#enteredRows + (this.#status === null ? 0 : 1);
    this.#enteredRows = 0;
    this.#write(`\x1b[${rows}A\r\x1b[J`);
    if (this.#status !== null) this.#write(`${this.#fit(this.#status)}\n`);
  }

  ring(): void {
    this.#write(BELL);
  }

  async ask(question: string): Promise<string | null> {
    const lines = await this.#underQuestion(question, () => this.#next());
    return lines === null ? null : lines[0] ?? "";
  }

  async askSecret(question: string): Promise<string | null> {
    const secret = await this.#underQuestion(question, () => readSecretKeys(this.#editor));
    this.#prompting = false;
    this.#write("\n");
    return secret;
  }

  /** Shows a question in place of the prompt, which may change meanwhile. */
  async #underQuestion<T>(question: string, answer: () => Promise<T>): Promise<T> {
    const { line, cursor } = this.#editor;
    Object.assign(this.#editor, { line: "", cursor: 0 }); // What is being typed is no answer
    this.#editor.setPrompt(question);
    this.#asking = true;
    this.#showPrompt();
    try {
      return await answer();
    } finally {
      this.#asking = false;
      this.#editor.setPrompt(this.#prompt);
      Object.assign(this.#editor, { line, cursor });
      if (this.#waiting.length > 0) this.#showPrompt();
    }
  }

  close(): void {
    this.#options.screen.off("resize", this.#onResize);
    this.#redraw(() => this.#status = null, false);
    this.#editor.close();
  }

  #onInterrupt(): void {
    if (this.#cancel !== null && (this.#clearTyped() || this.#cancel())) return;
    if (this.#options.onInterrupt === undefined) this.#editor.close();
    else this.#options.onInterrupt();
  }

  /** Clears the line that is being typed. Returns whether there was one. */
  #clearTyped(): boolean {
    if (this.#editor.line === "") return false;
    this.#redraw(() => Object.assign(this.#editor, { line: "", cursor: 0 }));
    return true;
  }

  #onLine(line: string): void {
    this.#prompting = false;
    this.#liftLine(line);
    this.#burst.push(line);
    if (this.#burst.length === 1) setTimeout(() => this.#deliver(this.#burst.splice(0)), 0);
  }

  #deliver(lines: string[]): void {
    // A paste need not end with its last line
    if (this.#editor.line !== "" && !this.#prompting) {
      lines.push(this.#editor.line);
      this.#editor.write(null, { ctrl: true, name: "u" });
    }
    const reader = this.#waiting.pop();
    if (reader === undefined) this.#queue.push(lines);
    else reader(lines);
  }

  #onEnd(): void {
    this.#ended = true;
    this.#prompting = false;
    if (this.#burst.length > 0) return; // Lines that came with the end are delivered first
    for (const reader of this.#waiting.splice(0)) reader(null);
  }

  /** Answers to questions are not kept: the editor has added one, which is removed here. */
  #onHistory(lines: string[]): void {
    if (this.#asking) lines.shift();
    else this.#options.onHistory?.(lines);
  }

  /** Moves the line just entered from below the status to above it. */
  #liftLine(line: string): void {
    const text = this.#editor.getPrompt() + line;
    const rows = Math.floor(this.#options.width(text) / (terminalColumns() || Infinity)) + 1;
    this.#enteredRows = rows;
    if (this.#status === null) return;
    this.#write(`\x1b[${rows + 1}A\r\x1b[J${text}\n${this.#fit(this.#status)}\n`);
  }

  #next(): Promise<readonly string[] | null> {
    const lines = this.#queue.shift();
    if (lines !== undefined) return Promise.resolve(lines);
    if (this.#ended && this.#burst.length === 0) return Promise.resolve(null);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #showPrompt(): void {
    if (this.#ended) return;
    this.#prompting = true;
    this.#editor.prompt(true);
  }

  /** Erases the status and the typed line, lets `change` print, and draws them again. */
  #redraw(change: () => void, again = true): void {
    this.#enteredRows = 0; // Other output follows, so that it can no longer be erased
    const rows = this.#prompting ? this.#editor.getCursorPos().rows : 0;
    const up = rows + (this.#status === null ? 0 : 1);
    this.#write(`\r${up > 0 ? `\x1b[${up}A` : ""}\x1b[J`);
    change();
    if (this.#status !== null) this.#write(`${this.#fit(this.#status)}\n`);
    // The rows of a long line are gone: without this the editor would go up by them and erase
    Object.assign(this.#editor, { prevRows: 0 });
    if (this.#prompting && again) this.#editor.prompt(true);
  }

  /** Cuts a line to the width of the terminal, so that it takes one row. */
  #fit(text: string): string {
    const columns = terminalColumns();
    let line = text;
    while (columns > 0 && line !== "" && this.#options.width(line) >= columns) {
      line = [...line].slice(0, -1).join("");
    }
    return line;
  }
}
