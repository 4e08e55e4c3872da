import { cleanText } from "../../protocol/text.ts";
import type { LineInput } from "../terminal/line_input.ts";
import { UsageError } from "../texts/usage_error.ts";

/**
 * Asks the user until an answer has no mistake, and prints each mistake. A script is not asked again: it
 * would give its next line for an answer.
 *
 * @param ask asks once, and throws `UsageError` for a mistake
 * @throws what `ask` throws
 */
export async function retryMistakes<T>(input: LineInput, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof UsageError) || !input.isTerminal) throw error;
      input.print(cleanText(error.message));
    }
  }
}
