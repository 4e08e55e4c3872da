import type { RoomInfo } from "../../protocol/chat_answers.ts";
import { cleanLine, display, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";

/** A room on one line, with its topic. */
export function describeRoom({ room, members, seq, topic }: RoomInfo, { t }: Locale): DisplayText {
  const line = t("roomLine", { room: cleanLine(room), members, seq });
  return topic === undefined ? line : display`${line}: ${cleanLine(topic)}`;
}
