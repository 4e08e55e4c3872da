import type { MessageTarget } from "../../client/chat.ts";
import type { SentMessage } from "../../client/chat_results.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { formatDateTime } from "./format_time.ts";

/** Says that a private message waits for its recipient; `null` if it does not. */
export function describeKept(
  target: MessageTarget,
  { kept }: SentMessage,
  { t }: Locale,
): DisplayText | null {
  if (kept === undefined || !("to" in target)) return null;
  return t("keptFor", { nick: cleanLine(target.to), until: formatDateTime(kept) });
}
