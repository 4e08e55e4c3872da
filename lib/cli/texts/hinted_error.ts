import { messageOf } from "../../protocol/errors.ts";
import type { DisplayText } from "../../protocol/text.ts";

/** An error, its cause, with a hint of its own. */
export class HintedError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "HintedError";

  /** @param hint stands in place of the usual one */
  constructor(cause: unknown, readonly hint: DisplayText) {
    super(messageOf(cause), { cause });
  }
}
