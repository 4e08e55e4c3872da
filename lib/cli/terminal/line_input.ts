import type { DisplayText } from "../../protocol/text.ts";

/** Lines from a person or a script, and a place to print that does not disturb their typing. */
export interface LineInput {
  /** Whether a person types. */
  readonly isTerminal: boolean;
  /** The lines, until the end of input or `close`; those that were pasted together come together. */
  entries(): AsyncIterable<readonly string[]>;
  /** Prints lines above the line that is being typed. */
  print(text: DisplayText): void;
  /** Shows a status line above the prompt, or removes it. On a pipe: nothing. */
  status(text: string | null): void;
  /** Sets how words are completed. On a pipe: nothing. */
  setCompleter(complete: Completer): void;
  /** Sets the text before the line that is being typed. On a pipe: nothing. */
  setPrompt(prompt: DisplayText): void;
  /**
   * Sets what Ctrl-C does at an empty line: returns whether it has cancelled something; if not, the
   * program ends. On a pipe: nothing.
   */
  setCancel(cancel: () => boolean): void;
  /** Clears the screen. On a pipe: nothing. */
  clear(): void;
  /** Erases the line that was entered last from the screen. On a pipe: nothing. */
  eraseEntered(): void;
  /** Sounds the bell. On a pipe: nothing. */
  ring(): void;
  /** Asks a question. The answer, which is not kept; `null` at the end of input. */
  ask(question: string): Promise<string | null>;
  /** The same for a secret, which is not shown. On a pipe: the next line. */
  askSecret(question: string): Promise<string | null>;
  /** Ends the input and restores the terminal. */
  close(): void;
}

/** Finds the words that may replace the last word of a line, and that last word. */
export type Completer = (line: string) => Promise<readonly [words: DisplayText[], last: string]>;

/** The history of a terminal, its Ctrl-C, and what is printed. */
export interface LineInputOptions {
  /** Takes all that is printed. Default: standard output, which blocks while it takes nothing. */
  readonly write?: (text: string) => void;
  /** Resolves when the next line of a script may be read. Default: at once. */
  readonly room?: () => Promise<void>;
  readonly onInterrupt?: () => void;
  /** Lines of earlier sessions, the newest first. */
  readonly history?: readonly string[];
  /** Called with all lines to keep, the newest first, when there is a new one. */
  readonly onHistory?: (lines: readonly string[]) => void;
}

/** The number of lines that are kept. */
export const HISTORY_LINES = 500;
