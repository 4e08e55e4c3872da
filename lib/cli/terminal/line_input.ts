/** Lines that a person or a script types, and a place to print that does not disturb them. */
export interface LineInput {
  /** Whether a person types. */
  readonly isTerminal: boolean;
  /** The lines, until the end of input or `close`; those that were pasted together come together. */
  entries(): AsyncIterable<readonly string[]>;
  /** Prints lines above whatever is being typed. */
  print(text: string): void;
  /** Shows a line of its own above the prompt, or takes it away. On a pipe: nothing. */
  status(text: string | null): void;
  /** How words are completed from now on. On a pipe: nothing. */
  setCompleter(complete: Completer): void;
  /** What to show in front of what is typed. */
  setPrompt(prompt: string): void;
  /** Takes the line that was entered last off the screen again. On a pipe: nothing. */
  eraseEntered(): void;
  /** Sounds the bell. On a pipe: nothing. */
  ring(): void;
  /** Asks one question, whose answer is not kept. `null` at the end of input. */
  ask(question: string): Promise<string | null>;
  /** Ends the input and restores the terminal. */
  close(): void;
}

/** The words that could stand in the place of the last one of a line, and that last one. */
export type Completer = (line: string) => Promise<readonly [words: string[], last: string]>;

/** How a terminal remembers lines, and what Ctrl-C does. */
export interface LineInputOptions {
  readonly onInterrupt?: () => void;
  /** Lines of earlier sessions, the newest first. */
  readonly history?: readonly string[];
  /** Told of all lines to remember, the newest first, when there is a new one. */
  readonly onHistory?: (lines: readonly string[]) => void;
}

/** Lines that are remembered. */
export const HISTORY_LINES = 500;
