import type { Locale } from "../texts/locale.ts";

/** The outcome of a line on the console. */
export interface ConsoleResult {
  /** Lines to print. */
  readonly lines: readonly string[];
  /** Whether the server is to stop. */
  readonly stop?: boolean;
}

/** The result of a command, or the line that tells why it failed. */
export async function orFailure(
  failure: Locale["failure"],
  work: () => Promise<ConsoleResult>,
): Promise<ConsoleResult> {
  try {
    return await work();
  } catch (error) {
    return { lines: [failure(error).message] };
  }
}
