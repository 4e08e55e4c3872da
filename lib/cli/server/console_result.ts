/** The outcome of a line on the console. */
export interface ConsoleResult {
  /** Lines to print. */
  readonly lines: readonly string[];
  /** Whether the server is to stop. */
  readonly stop?: boolean;
}
