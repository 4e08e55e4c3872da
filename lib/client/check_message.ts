import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { checkChatText, utf8Length } from "../protocol/text.ts";

/** Checks the text of a message, whose lines end in LF. @throws {RequestError} as `say` of a chat */
export function checkMessage(text: string): void {
  if (text.trim() === "") {
    const reason = "message-empty";
    throw new RequestError("bad-request", "Cannot send the message: it is empty", { reason });
  }
  const bytes = utf8Length(text);
  if (bytes <= LIMITS.messageBytes) return checkChatText(text);
  throw new RequestError(
    "too-large",
    `Cannot send the message: it has ${bytes} bytes, at most ${LIMITS.messageBytes} are allowed`,
    { reason: "message-long" },
  );
}
